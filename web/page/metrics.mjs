// SPDX-License-Identifier: Apache-2.0
// Reads Prometheus' text format, as much of it as the charts need.

/** {name, labels, value} of each sample. */
export function parseMetrics(text) {
  const samples = [];
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!found) continue;
    const labels = {};
    for (const [, key, value] of (found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[key] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    }
    samples.push({name: found[1], labels, value: found[3] === '+Inf' ? Infinity : Number(found[3])});
  }
  return samples;
}

/** Sums samples called `name`, by what `key(labels)` says of them; undefined leaves one out. */
export function sumBy(samples, name, key) {
  const sums = new Map();
  for (const {name: its, labels, value} of samples) {
    const group = its === name ? key(labels) : undefined;
    if (group !== undefined) sums.set(group, (sums.get(group) ?? 0) + value);
  }
  return sums;
}

/** The quantile `q` of a histogram given as [upper bound, cumulative count], ascending; null without observations. */
export function quantile(buckets, q) {
  const total = buckets.length > 0 ? buckets[buckets.length - 1][1] : 0;
  if (!(total > 0)) return null;
  let [lower, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= q * total && count > below) {
      if (bound === Infinity) return lower;
      return lower + (bound - lower) * (q * total - below) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
