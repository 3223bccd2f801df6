// SPDX-License-Identifier: Apache-2.0
// Draws every <div data-picture="NAME" data-rows="KEY"> of the page: the compiled specification NAME over the rows
// that the page's JSON block holds under KEY. Expressions are interpreted (no eval), nothing is loaded.

import {expressionInterpreter} from 'vega-interpreter';
import {parse, View} from './vega.mjs';
import specifications from 'valence:specifications';

const offline = {
  load: () => Promise.reject(new Error('the report loads nothing')),
  sanitize: () => Promise.reject(new Error('the report links nowhere')),
};

function withRows(specification, rows) {
  const data = specification.data.map((set) => (set.name === 'rows' ? {...set, values: rows} : set));
  const {rowHeight} = specification.usermeta ?? {};
  return {...specification, data, height: rowHeight ? rowHeight * rows.length : specification.height};
}

async function draw(element, rowsByKey) {
  const specification = withRows(specifications[element.dataset.picture], rowsByKey[element.dataset.rows]);
  const runtime = parse(specification, null, {ast: true});
  // A box of its own, because View writes roles on its container: to readers the picture is one image with a name.
  const canvas = document.createElement('div');
  canvas.setAttribute('aria-hidden', 'true');
  element.append(canvas);
  const view = new View(runtime, {
    container: canvas,
    renderer: 'svg',
    expr: expressionInterpreter,
    loader: offline,
    logLevel: 1, // errors only
    tooltip: (handler, event, item, value) => showHint(element, value),
  });
  await view.runAsync();
  element.dataset.drawn = 'yes';
}

/// Vega's own tooltip handler writes a title attribute with raw JSON; this writes "Name: value" lines.
function showHint(element, value) {
  if (value === null || value === undefined || value === '') {
    element.removeAttribute('title');
  } else {
    const lines = Object.entries(value).map(([name, text]) => `${name}: ${text}`);
    element.setAttribute('title', lines.join('\n'));
  }
}

async function drawAll() {
  const rowsByKey = JSON.parse(document.getElementById('rows').textContent);
  for (const element of document.querySelectorAll('[data-picture]')) {
    try {
      await draw(element, rowsByKey);
    } catch (error) {
      element.textContent = `This picture could not be drawn: ${error.message}`;
    }
  }
  document.documentElement.dataset.ready = 'yes';
}

drawAll();
