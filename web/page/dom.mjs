// SPDX-License-Identifier: Apache-2.0
// Small makers of nodes; all text stays text.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with a class and children. */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** An element of SVG with attributes and children. */
export function shape(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that submits nothing. */
export function button(className, text, onClick) {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

export function digits(value, count, sign = false) {
  const text = Math.abs(value).toFixed(count);
  if (value < 0) return '\u2212' + text;
  return sign ? '+' + text : text;
}

export const percent = (ratio) => digits(ratio * 100, 1) + ' %';

export function alertText(message) {
  const shown = element('p', 'error', message);
  shown.setAttribute('role', 'alert');
  return shown;
}
