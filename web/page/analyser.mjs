// SPDX-License-Identifier: Apache-2.0
// A text field that answers while one types. The page has one, and a second to compare with.

import {decoder, drawAnswer, encoder} from './answer.mjs';
import {alertText, percent} from './dom.mjs';
import {feedbackOn} from './feedback.mjs';

const LIVE_DELAY_MS = 250;

/** Sends `body` as JSON. Returns the answer; throws an Error whose message is for the reader. */
export async function ask(path, body, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body), signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error('The server does not answer. Is it still running?');
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
}

/** Joins a form, its text field, and where its answer goes. Returns what analyses the field's text now. */
export function makeAnalyser({form, input, result, status, onAnswer = () => {}}) {
  let underWay = new AbortController();
  let pause;

  async function analyse() {
    clearTimeout(pause);
    underWay.abort();
    underWay = new AbortController();
    const {signal} = underWay;
    const text = decoder.decode(encoder.encode(input.value));  // half surrogate pairs become U+FFFD
    if (text.trim() === '') {
      result.hidden = true;
      onAnswer(null);
      return;
    }
    result.classList.add('stale');
    try {
      const answer = await ask('/predict', {text, explain: true}, signal);
      result.replaceChildren(...drawAnswer(text, answer), ...feedbackOn(answer));
      status.textContent = `${answer.label}, ${percent(answer.probabilities[answer.label])} sure`;
      onAnswer(answer);
    } catch (error) {
      if (signal.aborted) return;
      result.replaceChildren(alertText(error.message));
      status.textContent = '';
      onAnswer(null);
    }
    result.hidden = false;
    result.classList.remove('stale');
  }

  input.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(analyse, LIVE_DELAY_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    analyse();
  });
  return analyse;
}
