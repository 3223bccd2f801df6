// SPDX-License-Identifier: Apache-2.0
// Charts of what the server does, from its own /metrics.

import {labels, labelTone} from './answer.mjs';
import {digits, element, percent, shape} from './dom.mjs';
import {parseMetrics, quantile, sumBy} from './metrics.mjs';

const EVERY_MS = 2000;
const KEPT = 60;
const WIDTH = 240;
const HEIGHT = 56;
// The page's own questions are not what one wants to see.
const OWN = new Set(['/metrics', '/static', '/', '/docs']);

/** What one scrape says. */
function read(text) {
  const samples = parseMetrics(text);
  const asked = ({route}) => (OWN.has(route) ? undefined : 'all');
  const buckets = sumBy(samples, 'valence_request_duration_seconds_bucket',
                        ({route, le}) => (OWN.has(route) ? undefined : le === '+Inf' ? Infinity : Number(le)));
  const one = (name, key = () => 'all') => sumBy(samples, name, key).get('all') ?? 0;
  return {
    at: performance.now(),
    requests: one('valence_http_requests_total', asked),
    errors: one('valence_http_requests_total', ({route, code}) => (!OWN.has(route) && code >= '400' ? 'all' : undefined)),
    buckets: [...buckets].sort(([a], [b]) => a - b),
    mix: sumBy(samples, 'valence_predictions_total', ({label}) => label),
    unknown: one('valence_oov_ratio_sum'),
    texts: one('valence_oov_ratio_count'),
    drift: [...sumBy(samples, 'valence_drift_score_ratio', ({test}) => test)],
  };
}

/** What happened between two scrapes. */
function between(before, now) {
  const seconds = (now.at - before.at) / 1000;
  const had = new Map(before.buckets);
  const buckets = now.buckets.map(([bound, count]) => [bound, count - (had.get(bound) ?? 0)]);
  const texts = now.texts - before.texts;
  return {
    rate: Math.max(0, now.requests - before.requests) / seconds,
    errorRate: Math.max(0, now.errors - before.errors) / seconds,
    p50: quantile(buckets, 0.5), p99: quantile(buckets, 0.99),
    unknown: texts > 0 ? (now.unknown - before.unknown) / texts : null,
  };
}

function time(seconds) {
  if (seconds === null) return '\u2013';
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} \u00b5s`;
  return seconds < 1 ? `${digits(seconds * 1e3, 1)} ms` : `${digits(seconds, 1)} s`;
}

/** A line over the last KEPT values, from 0; gaps where there is no value. */
function line(values, className, top) {
  let path = '';
  values.forEach((value, i) => {
    if (value === null) return;
    const x = WIDTH * (KEPT - values.length + i) / (KEPT - 1);
    const y = HEIGHT - 2 - (HEIGHT - 4) * Math.min(1, value / top);
    path += `${i === 0 || values[i - 1] === null ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    if (i === values.length - 1 || values[i + 1] === null) path += 'h0.1';  // so that a lone value shows
  });
  return shape('path', {class: className, d: path});
}

function plot(...series) {
  const top = Math.max(1e-9, ...series.flatMap(({values}) => values.filter((value) => value !== null)));
  return shape('svg', {class: 'plot', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true'},
               ...series.map(({values, className}) => line(values, className, top * 1.1)));
}

function tile(title, value, note, ...drawn) {
  return element('div', 'tile', element('h3', '', title), element('p', 'figure', value), ...drawn, element('p', 'quiet', note));
}

function mixTile(mix) {
  const total = [...mix.values()].reduce((sum, count) => sum + count, 0);
  let x = 0;
  const parts = labels.map((label, i) => {
    const width = total > 0 ? WIDTH * (mix.get(label) ?? 0) / total : 0;
    const rect = shape('rect', {class: `${labelTone(label)} shade${i % 3}`, x: x.toFixed(1), width: width.toFixed(1), height: 18});
    x += width;
    return rect;
  });
  const words = labels.map((label) => `${label} ${total > 0 ? percent((mix.get(label) ?? 0) / total) : '\u2013'}`).join(', ');
  return tile('Labels', total.toLocaleString('en'), words,
              shape('svg', {class: 'mix', viewBox: `0 0 ${WIDTH} 18`, preserveAspectRatio: 'none', 'aria-hidden': 'true'}, ...parts));
}

function draw(charts, history, now) {
  const last = history[history.length - 1] ?? {rate: 0, errorRate: 0, p50: null, p99: null, unknown: null};
  const values = (name) => history.map((each) => each[name]);
  const tiles = [
    tile('Requests', `${digits(last.rate, last.rate < 10 ? 1 : 0)} /s`, `${digits(last.errorRate, 1)} /s refused or failed`,
         plot({values: values('rate'), className: 'line'}, {values: values('errorRate'), className: 'line bad'})),
    tile('Latency', time(last.p50), `median; 99 % within ${time(last.p99)}`,
         plot({values: values('p99'), className: 'line faint'}, {values: values('p50'), className: 'line'})),
    mixTile(now.mix),
    tile('Unknown words', last.unknown === null ? '\u2013' : percent(last.unknown), 'share that the model has not seen',
         plot({values: values('unknown'), className: 'line'})),
  ];
  for (const [test, score] of now.drift) tiles.push(tile('Drift', digits(score, 3), `${test}, against the training data`));
  charts.replaceChildren(...tiles);
}

/** Shows `section` and keeps `charts` up to date while the page is looked at. */
export function watchMetrics(section, charts) {
  const history = [];
  let before = null;
  async function look() {
    if (document.visibilityState === 'visible') {
      try {
        const response = await fetch('/metrics');
        if (response.ok) {
          const now = read(await response.text());
          if (before) history.push(between(before, now));
          if (history.length > KEPT) history.shift();
          before = now;
          draw(charts, history, now);
          section.hidden = false;
        }
      } catch {
        before = null;  // the server is away; the next look tells
      }
    }
    setTimeout(look, EVERY_MS);
  }
  look();
}
