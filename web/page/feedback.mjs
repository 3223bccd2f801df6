// SPDX-License-Identifier: Apache-2.0
// "Is that right?" with a button for each label. Only where the server collects feedback: then answers carry an id.

import {ask} from './analyser.mjs';
import {labels} from './answer.mjs';
import {alertText, button, element} from './dom.mjs';

/** The nodes that ask about `answer`; none if nobody would listen. */
export function feedbackOn(answer) {
  if (!answer.prediction_id) return [];
  const box = element('div', 'feedback');
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Feedback');

  async function tell(label) {
    box.querySelectorAll('button').forEach((each) => { each.disabled = true; });
    try {
      await ask('/v1/feedback', {prediction_id: answer.prediction_id, label});
      const thanks = element('p', 'quiet', `Thank you. Kept as ${label}, for the next training.`);
      thanks.setAttribute('role', 'status');
      box.replaceChildren(thanks);
    } catch (error) {
      box.replaceChildren(alertText(error.message));
    }
  }

  box.append(element('span', '', 'What is it really?'),
             ...labels.map((label) => button('choice', label, () => tell(label))));
  return [box];
}
