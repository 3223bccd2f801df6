// SPDX-License-Identifier: Apache-2.0
// Shows a model card. It is Markdown that `valence evaluate` wrote (src/evaluation/model_card.cc), so a few forms do;
// all of it becomes text nodes, whatever it holds.

import {alertText, button, element} from './dom.mjs';

const plain = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, '$1');

/** `code`, **strong** and the rest of one line. */
function inline(text) {
  const nodes = [];
  for (const [, code, strong, other] of text.matchAll(/`([^`]*)`|\*\*(.+?)\*\*|((?:\\.|[^`*\\]|\*(?!\*)|\\$)+|[`*])/g)) {
    if (code !== undefined) nodes.push(element('code', '', code));
    else if (strong !== undefined) nodes.push(element('strong', '', plain(strong)));
    else nodes.push(plain(other));
  }
  return nodes;
}

const cellsOf = (line) => line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim());

function table(lines) {
  const row = (line, tag) => element('tr', '', ...cellsOf(line).map((cell) => element(tag, '', ...inline(cell))));
  const scrolled = element('div', 'wide', element('table', 'plain-table', element('thead', '', row(lines[0], 'th')),
                                        element('tbody', '', ...lines.slice(2).map((line) => row(line, 'td')))));
  scrolled.tabIndex = 0;  // so that the keyboard can scroll it
  return scrolled;
}

/** Code and the texts around it, in turn. */
function* cut(markdown) {
  const body = markdown.replace(/^---\n[\s\S]*?\n---\n/, '');
  const pieces = body.split(/^```\w*\n([\s\S]*?)\n```$/m);
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 1) yield {code: piece};
    else yield* piece.split(/\n\s*\n/).map((text) => text.trim()).filter(Boolean).map((block) => ({block}));
  }
}

/** The blocks of a card. Headings begin two levels down. */
export function drawCard(markdown) {
  const blocks = [];
  for (const {code, block} of cut(markdown)) {
    if (code !== undefined) {
      const shown = element('pre', 'wide', element('code', '', code));
      shown.tabIndex = 0;
      blocks.push(shown);
      continue;
    }
    let lines = block.split('\n');
    const heading = /^(#+) (.*)$/.exec(lines[0]);
    if (heading) {
      blocks.push(element(heading[1].length < 2 ? 'h3' : 'h4', '', ...inline(heading[2])));
      lines = lines.slice(1);
    }
    if (lines.length === 0) continue;
    if (lines[0].startsWith('|')) {
      blocks.push(table(lines));
    } else if (/^[-*] /.test(lines[0])) {
      blocks.push(element('ul', '', ...lines.join('\n').split(/\n(?=[-*] )/).map((item) => element('li', '', ...inline(item.slice(2))))));
    } else {
      blocks.push(element('p', '', ...inline(lines.join(' '))));
    }
  }
  return blocks;
}

/** Lets the link to the card open it in place. */
export function openCardInPlace(link, place) {
  if (!link) return;
  const toggle = button('plain', link.textContent, async () => {
    const open = toggle.getAttribute('aria-expanded') === 'true';
    toggle.setAttribute('aria-expanded', String(!open));
    if (open) return place.replaceChildren();
    try {
      const response = await fetch(link.href);
      if (!response.ok) throw new Error('The card cannot be read.');
      place.replaceChildren(...drawCard(await response.text()));
    } catch (error) {
      place.replaceChildren(alertText(error.message));
    }
  });
  toggle.setAttribute('aria-expanded', 'false');
  toggle.setAttribute('aria-controls', place.id);
  link.replaceWith(toggle);
}
