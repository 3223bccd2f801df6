// SPDX-License-Identifier: Apache-2.0
// A second text beside the first.

import {makeAnalyser} from './analyser.mjs';
import {labels} from './answer.mjs';
import {button, digits, element} from './dom.mjs';

function secondSide() {
  const input = element('textarea');
  Object.assign(input, {id: 'text-2', rows: 6});
  const label = element('label', '', 'The other text');
  label.htmlFor = input.id;
  const submit = element('button', '', 'Analyse');
  const close = button('plain', 'Close', () => {});
  const form = element('form', '', label, input, element('div', 'actions', submit, close));
  const status = element('p', 'unseen');
  status.setAttribute('role', 'status');
  const result = element('section', 'result');
  result.setAttribute('aria-label', 'Result of the other text');
  result.hidden = true;
  const side = element('section', 'side', form, status, result);
  side.setAttribute('aria-label', 'The other text');
  return {side, form, input, result, status, close};
}

/** In words, how the probability of the last label moves from `first` to `second`. */
function difference(first, second) {
  const label = labels[labels.length - 1];
  const points = (second.probabilities[label] - first.probabilities[label]) * 100;
  const same = first.label === second.label ? `Both are ${first.label}` : `${first.label} against ${second.label}`;
  return `${same}; the other text is ${digits(points, 1, true)} points ${label}.`;
}

/** Puts a button for the second side into `actions`. Returns who wants to know the first side's answers. */
export function offerComparison({texts, actions, difference: place}) {
  const answers = [null, null];
  const show = () => {
    place.hidden = !(answers[0] && answers[1]);
    if (!place.hidden) place.textContent = difference(...answers);
  };
  const open = button('plain', 'Compare with another text', () => {
    const side = secondSide();
    makeAnalyser({...side, onAnswer: (answer) => { answers[1] = answer; show(); }});
    side.close.addEventListener('click', () => {
      side.side.remove();
      document.body.classList.remove('two');
      open.hidden = false;
      answers[1] = null;
      show();
      open.focus();
    });
    texts.append(side.side);
    document.body.classList.add('two');
    open.hidden = true;
    side.input.focus();
  });
  actions.append(open);
  return (answer) => { answers[0] = answer; show(); };
}
