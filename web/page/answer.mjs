// SPDX-License-Identifier: Apache-2.0
// Draws an answer. Without JavaScript the server draws the same (src/serving/page_result.cc); tests/browser checks that.

import {digits, element, percent, shape} from './dom.mjs';

const TOP_TERMS = 10;
const LEVELS = 5;
const FAINTEST = 0.02;

// By class index: the keys of an answer's `probabilities` would not keep that order if they were numbers.
export const labels = JSON.parse(document.querySelector('main').dataset.labels);

export const encoder = new TextEncoder();
export const decoder = new TextDecoder('utf-8', {ignoreBOM: true});

const tone = (contribution) => (contribution < 0 ? 'neg' : 'pos');

export function labelTone(label) {
  if (labels.length !== 2) return 'one';
  return label === labels[1] ? 'pos' : 'neg';
}

function bar(className, share) {
  return shape('svg', {class: 'bar', viewBox: '0 0 100 1', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
               shape('rect', {class: className, width: digits(share * 100, 1), height: '1'}));
}

/** Words (runs of bytes that are not white space) with what the attributions add to each. */
function weighWords(bytes, attributions) {
  const words = [];
  const isSpace = (byte) => byte === 32 || (byte >= 9 && byte <= 13);
  for (let at = 0; at < bytes.length;) {
    while (at < bytes.length && isSpace(bytes[at])) ++at;
    const begin = at;
    while (at < bytes.length && !isSpace(bytes[at])) ++at;
    if (at > begin) words.push({begin, end: at, contribution: 0});
  }
  let first = 0;
  for (const {begin, end, contribution} of attributions) {  // in text order
    while (first < words.length && words[first].end <= begin) ++first;
    let last = first;
    while (last < words.length && words[last].begin < end) ++last;
    for (const word of words.slice(first, last)) word.contribution += contribution / (last - first);
  }
  return words;
}

function shadeLevel(contribution, strongest) {
  const share = strongest > 0 ? Math.abs(contribution) / strongest : 0;
  return share < FAINTEST ? 0 : Math.min(Math.max(Math.ceil(share * LEVELS), 1), LEVELS);
}

function verdict(answer) {
  const chip = element('span', 'chip ' + labelTone(answer.label), answer.label);
  const sure = element('span', '', percent(answer.probabilities[answer.label]) + ' sure');
  return element('h2', 'verdict', chip, ' ', sure);
}

function labelBars(answer) {
  return element('dl', 'labels', ...labels.map((label) => {
    const share = answer.probabilities[label];
    const value = element('dd', '', bar(labelTone(label), share), element('span', '', percent(share)));
    return element('div', '', element('dt', '', label), value);
  }));
}

function shadedText(bytes, words) {
  const strongest = Math.max(0, ...words.map((word) => Math.abs(word.contribution)));
  const shown = element('p', 'text');
  const slice = (begin, end) => decoder.decode(bytes.subarray(begin, end));
  let at = 0;
  for (const {begin, end, contribution} of words) {
    const level = shadeLevel(contribution, strongest);
    if (level === 0) continue;  // goes out with the text before the next mark
    shown.append(slice(at, begin));
    const mark = element('mark', tone(contribution) + level, slice(begin, end),
        element('span', 'tip', ' ' + digits(contribution, 2, true)));
    mark.tabIndex = 0;
    shown.append(mark);
    at = end;
  }
  shown.append(slice(at));
  return shown;
}

function legend(answer) {
  const binary = labels.length === 2;
  const entry = (swatch, text) => element('span', '', element('i', 'swatch ' + swatch), text);
  return element('p', 'legend',
      entry('pos', binary ? 'towards ' + labels[1] : 'for ' + answer.label), ' ',
      entry('neg', binary ? 'towards ' + labels[0] : 'against ' + answer.label));
}

function topTerms(attributions) {
  const byTerm = new Map();
  for (const {term, contribution} of attributions) {
    const sum = byTerm.get(term) ?? {term, times: 0, contribution: 0};
    sum.times += 1;
    sum.contribution += contribution;
    byTerm.set(term, sum);
  }
  const size = (entry) => Math.abs(entry.contribution);
  return [...byTerm.values()]
      .sort((a, b) => size(b) - size(a) || (a.term < b.term ? -1 : 1))
      .slice(0, TOP_TERMS);
}

function headings(scope, ...texts) {
  return texts.map((text) => {
    const cell = element('th', '', text);
    cell.scope = scope;
    return cell;
  });
}

function termTable(terms) {
  if (terms.length === 0) return [];
  const strongest = Math.abs(terms[0].contribution);
  const rows = terms.map(({term, times, contribution}) => {
    const share = strongest > 0 ? Math.abs(contribution) / strongest : 0;
    const adds = element('div', 'adds', element('span', '', digits(contribution, 2, true)), bar(tone(contribution), share));
    return element('tr', '', ...headings('row', term), element('td', '', String(times)), element('td', '', adds));
  });
  const head = element('thead', '', element('tr', '', ...headings('col', 'Term', 'Times', 'Adds')));
  return [element('h3', '', 'Weightiest terms'), element('table', '', head, element('tbody', '', ...rows))];
}

function arithmetic(answer) {
  const {score, intercept} = answer;
  return element('p', 'sum', `Score ${digits(score, 2, true)} = ${digits(intercept, 2, true)} (start) ` +
      `${digits(score - intercept, 2, true)} (words). ${answer.known_tokens} of ${answer.tokens} tokens known.`);
}

/** The nodes that show `answer`, an explained prediction of `text`. */
export function drawAnswer(text, answer) {
  const bytes = encoder.encode(text);
  const unknown = answer.known_tokens > 0 ? [] :
      [element('p', 'note', 'The model knows none of these words; this is what it says of any text.')];
  return [
    verdict(answer), ...unknown, labelBars(answer),
    element('h3', '', 'What each word added'),
    shadedText(bytes, weighWords(bytes, answer.attributions)),
    legend(answer), ...termTable(topTerms(answer.attributions)), arithmetic(answer),
  ];
}
