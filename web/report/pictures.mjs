// SPDX-License-Identifier: Apache-2.0
// The report's pictures as Vega-Lite specifications. Colours are CSS variables of report.css, so that one drawing
// follows light, dark and print without being drawn again. Each takes its data under the name "rows".

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';

const config = {
  background: null,
  font: FONT,
  aria: false, // the page names each picture as a whole (role="img")
  view: {stroke: null},
  axis: {
    domainColor: 'var(--line)', tickColor: 'var(--line)', gridColor: 'var(--line-soft)',
    labelColor: 'var(--muted)', titleColor: 'var(--muted)',
    labelFontSize: 11, titleFontSize: 11, titleFontWeight: 'normal', titlePadding: 8, tickCount: 5, labelFlush: false,
  },
  legend: {
    labelColor: 'var(--text)', titleColor: 'var(--muted)', labelFontSize: 11, title: null,
    orient: 'top', symbolType: 'stroke', symbolStrokeWidth: 3,
  },
  line: {strokeWidth: 2, strokeCap: 'round', strokeJoin: 'round'},
  rule: {color: 'var(--muted)', strokeDash: [4, 4]},
  bar: {cornerRadiusEnd: 2},
  range: {category: ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)', 'var(--series-5)']},
};

const picture = (spec) => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: {name: 'rows'},
  width: 'container',
  height: 260,
  autosize: {type: 'fit-x', contains: 'padding'},
  config,
  ...spec,
});

const share = (field, title, extra = {}) => ({
  field, type: 'quantitative', title, scale: {domain: [0, 1]}, axis: {format: '.1f'}, ...extra,
});
const hint = (field, title, format = '.4f') => ({field, title, format, type: 'quantitative'});

/// The straight line that a picture is read against, from (0, from) to (1, to).
const reference = (from, to) => ({
  data: {values: [{x: 0, y: from}, {x: 1, y: to}]},
  mark: {type: 'line', color: 'var(--muted)', strokeWidth: 1, strokeDash: [4, 4]},
  encoding: {x: {field: 'x', type: 'quantitative'}, y: {field: 'y', type: 'quantitative'}},
});

const roc = picture({
  layer: [
    reference(0, 1),
    {
      mark: {type: 'line', interpolate: 'linear'},
      encoding: {
        x: share('fpr', 'False positive rate'),
        y: share('tpr', 'True positive rate'),
        order: {field: 'order', type: 'quantitative'},
        color: {field: 'label', type: 'nominal', sort: null},
      },
    },
  ],
});

const precisionRecall = picture({
  mark: {type: 'line', interpolate: 'step-before', color: 'var(--series-1)'},
  encoding: {
    x: share('recall', 'Recall'),
    y: share('precision', 'Precision'),
    order: {field: 'order', type: 'quantitative'},
  },
});

/// Room for the labels of two pictures above each other, so that their axes stand in line.
const LABEL_EXTENT = 32;

const reliability = picture({
  height: 190,
  layer: [
    reference(0, 1),
    {
      mark: {type: 'line', color: 'var(--series-1)', point: {filled: true, size: 45, color: 'var(--series-1)'}},
      encoding: {
        x: share('mean_probability', null),
        y: share('observed_share', 'Observed share', {axis: {format: '.1f', minExtent: LABEL_EXTENT}}),
        tooltip: [hint('mean_probability', 'Mean probability'), hint('observed_share', 'Observed share'),
                  hint('count', 'Documents', ',d')],
      },
    },
  ],
});

const reliabilityCounts = picture({
  height: 70,
  mark: {type: 'rect', color: 'var(--series-1)', opacity: 0.55},
  encoding: {
    x: share('bin_low', 'Predicted probability'),
    x2: {field: 'bin_high'},
    y: {field: 'count', type: 'quantitative', title: 'Documents', axis: {tickCount: 3, format: '~s', minExtent: LABEL_EXTENT}},
    y2: {datum: 0},
    tooltip: [hint('bin_low', 'From', '.3f'), hint('bin_high', 'To', '.3f'), hint('count', 'Documents', ',d')],
  },
});

const thresholds = picture({
  transform: [{fold: ['precision', 'recall', 'f1', 'accuracy'], as: ['figure', 'value']}],
  mark: {type: 'line'},
  encoding: {
    x: share('threshold', 'Decision threshold'),
    y: share('value', null),
    color: {field: 'figure', type: 'nominal', sort: null},
  },
});

const slices = picture({
  height: 150,
  transform: [{fold: ['accuracy', 'f1_macro', 'roc_auc'], as: ['figure', 'value']}],
  mark: {type: 'point', filled: true, size: 70, opacity: 0.9},
  encoding: {
    x: {field: 'value', type: 'quantitative', title: null, scale: {zero: false, nice: true, padding: 12},
        axis: {format: '.2f'}},
    y: {field: 'slice', type: 'nominal', sort: null, title: null,
        axis: {grid: true, domain: false, ticks: false, labelLimit: 220, labelPadding: 8}},
    yOffset: {field: 'figure', type: 'nominal', sort: null, scale: {paddingOuter: 0.5}},
    color: {field: 'figure', type: 'nominal', sort: null, legend: {symbolType: 'circle', symbolStrokeWidth: 0}},
    tooltip: [{field: 'slice', title: 'Slice'}, {field: 'figure', title: 'Metric'}, hint('value', 'Value')],
  },
});

const words = picture({
  usermeta: {rowHeight: 18}, // main.mjs makes the picture as high as its rows
  mark: {type: 'bar', height: 11},
  encoding: {
    color: {condition: {test: 'datum.weight < 0', value: 'var(--series-2)'}, value: 'var(--series-1)'},
    x: {field: 'weight', type: 'quantitative', title: 'Weight', axis: {tickCount: 4}},
    y: {field: 'term', type: 'nominal', sort: null, title: null,
        axis: {domain: false, ticks: false, labelColor: 'var(--text)', labelFontSize: 12, labelPadding: 6,
               labelLimit: 180}},
    tooltip: [{field: 'term', title: 'Term'}, hint('weight', 'Weight')],
  },
});

/// Name, as in data-picture="..." of the page -> specification.
export const pictures = {
  roc,
  precision_recall: precisionRecall,
  reliability,
  reliability_counts: reliabilityCounts,
  thresholds,
  slices,
  words,
};
