// SPDX-License-Identifier: Apache-2.0
// Brings the page to life. Without this script its forms do the same on the server.

import {makeAnalyser} from './analyser.mjs';
import {openCardInPlace} from './card.mjs';
import {offerComparison} from './compare.mjs';
import {button, element} from './dom.mjs';
import {watchMetrics} from './live.mjs';
import {takeUploads} from './upload.mjs';

const find = (id) => document.getElementById(id);

const EXAMPLES = {
  'a good one': 'I expected little and got a wonderful evening: the cast is brilliant, the story moved me, and the ' +
      'music is the best I have heard in years.',
  'a bad one': 'What a waste of two hours. The plot is dull, the acting is terrible, and the jokes are not funny.',
  'a mixed one': 'Beautiful pictures and a great score, but the story is boring and the ending makes no sense.',
};

const difference = element('p', 'difference');
difference.setAttribute('role', 'status');
difference.hidden = true;
find('texts').after(difference);
const onAnswer = offerComparison({texts: find('texts'), actions: find('compare') ?? find('examples').parentElement, difference});

const analyse = makeAnalyser({
  form: find('form'), input: find('text'), result: find('result'), status: find('status'), onAnswer,
});

find('examples').append('Try', ...Object.entries(EXAMPLES).map(([name, text]) => button('plain', name, () => {
  find('text').value = text;
  analyse();
})));

takeUploads(find('upload'), find('upload-state'));
watchMetrics(find('live'), find('charts'));
openCardInPlace(find('card-link'), find('card'));
