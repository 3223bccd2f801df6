// SPDX-License-Identifier: Apache-2.0
// Scores a file in parts of a few thousand rows, so that there is progress and no part waits for another. Without
// JavaScript the form sends the file whole and the browser saves the answer.

import {alertText, button, element} from './dom.mjs';

const PART_BYTES = 128 * 1024;
const NEWLINE = 10;
const QUOTE = 34;

/** Cuts a file at ends of rows: yields {bytes, rows, end} in order. CSV: a line end within quotes is none. */
export async function* parts(file, quoted) {
  let held = new Uint8Array(0);
  for (let at = 0; at < file.size || held.length > 0;) {
    const fresh = new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer());
    at += fresh.length;
    const bytes = new Uint8Array(held.length + fresh.length);
    bytes.set(held);
    bytes.set(fresh, held.length);
    let [cut, rows, inQuotes, blank] = [0, 0, false, true];
    for (let i = 0; i < bytes.length; ++i) {
      if (quoted && bytes[i] === QUOTE) inQuotes = !inQuotes;
      if (bytes[i] === NEWLINE && !inQuotes) {
        cut = i + 1;
        if (!quoted || !blank) rows += 1;  // an empty line of a CSV is no row
        blank = true;
      } else if (bytes[i] !== 13) {
        blank = false;
      }
    }
    const last = at >= file.size;
    if (last) cut = bytes.length;
    if (last && !blank) rows += 1;  // without a line end
    held = bytes.slice(cut);
    if (cut > 0) yield {bytes: bytes.subarray(0, cut), rows, end: at - held.length};
    if (last) return;
  }
}

/** The header row of a CSV part: its bytes, line end included. */
function headerOf(bytes) {
  let inQuotes = false;
  for (let i = 0; i < bytes.length; ++i) {
    if (bytes[i] === QUOTE) inQuotes = !inQuotes;
    if (bytes[i] === NEWLINE && !inQuotes) return bytes.slice(0, i + 1);
  }
  return bytes.slice();
}

async function score(body, csv, offset, signal) {
  const response = await fetch(`/v1/batch?row_offset=${offset}`, {
    method: 'POST', headers: {'Content-Type': csv ? 'text/csv' : 'application/x-ndjson'}, body, signal,
  });
  if (!response.ok) throw new Error((await response.json()).error.message);
  return new Uint8Array(await response.arrayBuffer());
}

/** Scores the whole file; calls `progress(bytes, rows)`. Returns a Blob. */
async function scoreFile(file, progress, signal) {
  const csv = !/\.(jsonl|ndjson)$/i.test(file.name);
  const scored = [];
  let header = null;
  let rows = 0;
  for await (const part of parts(file, csv)) {
    const body = header && csv ? new Blob([header, part.bytes]) : part.bytes;
    // A repeated header is a row more for the server than for the file.
    const answer = await score(body, csv, header ? rows - (csv ? 1 : 0) : 0, signal);
    scored.push(header && csv ? answer.subarray(headerOf(answer).length) : answer);
    header ??= headerOf(part.bytes);
    rows += part.rows;
    progress(part.end, rows - (csv ? 1 : 0));
  }
  return new Blob(scored, {type: csv ? 'text/csv' : 'application/x-ndjson'});
}

function offerDownload(file, blob, rows) {
  const link = element('a', 'button', 'Download the result');
  link.href = URL.createObjectURL(blob);
  link.download = file.name.replace(/(\.[^.]*)?$/, '-scored$&');
  return [element('p', '', `${rows.toLocaleString('en')} rows scored. `, link)];
}

/** Takes over the upload form; what happens is shown in `state`. */
export function takeUploads(form, state) {
  const input = form.querySelector('input[type=file]');
  let underWay = null;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    underWay?.abort();
    underWay = new AbortController();
    const {signal} = underWay;
    const [file] = input.files;
    const bar = element('progress');
    Object.assign(bar, {max: Math.max(file.size, 1), value: 0});
    bar.setAttribute('aria-label', 'Progress');
    const count = element('span', 'quiet', '0 rows');
    state.replaceChildren(element('div', 'progress', bar, count, button('plain', 'Cancel', () => underWay.abort())));
    let rows = 0;
    try {
      const blob = await scoreFile(file, (bytes, total) => {
        bar.value = bytes;
        rows = Math.max(total, 0);
        count.textContent = `${rows.toLocaleString('en')} rows`;
      }, signal);
      state.replaceChildren(...offerDownload(file, blob, rows));
    } catch (error) {
      state.replaceChildren(signal.aborted ? element('p', 'quiet', 'Cancelled.') : alertText(error.message));
    }
  });
}
