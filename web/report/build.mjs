// SPDX-License-Identifier: Apache-2.0
// node build.mjs OUT: compiles the pictures from Vega-Lite to Vega and bundles them with Vega's runtime into the one
// script that every report carries. Runs on node 18 or later; touches no network.

import {build} from 'esbuild';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {compile} from 'vega-lite';
import {pictures} from './pictures.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('usage: node build.mjs OUT');
  process.exit(2);
}

function compilePicture(name, picture) {
  const warnings = [];
  const logger = {
    level: () => logger,
    error: (...text) => { warnings.push(text.join(' ')); return logger; },
    warn: (...text) => { warnings.push(text.join(' ')); return logger; },
    info: () => logger,
    debug: () => logger,
  };
  const {spec} = compile(picture, {logger});
  if (warnings.length > 0) throw new Error(`picture ${name}: ${warnings.join('; ')}`);
  return spec;
}

const specifications = {};
for (const [name, picture] of Object.entries(pictures)) specifications[name] = compilePicture(name, picture);

const specificationsModule = {
  name: 'specifications',
  setup(bundle) {
    bundle.onResolve({filter: /^valence:specifications$/}, ({path}) => ({path, namespace: 'valence'}));
    bundle.onLoad({filter: /.*/, namespace: 'valence'},
                  () => ({contents: JSON.stringify(specifications), loader: 'json'}));
  },
};

const result = await build({
  entryPoints: [join(folder, 'main.mjs')],
  bundle: true,
  format: 'iife',
  minify: true,
  charset: 'ascii',
  target: ['es2020'],
  legalComments: 'none',
  plugins: [specificationsModule],
  write: false,
});
const script = result.outputFiles[0].text;
// The script goes inside an HTML <script> element: neither of these may occur in it.
for (const forbidden of ['</script', '<!--']) {
  if (script.toLowerCase().includes(forbidden)) throw new Error(`the bundle contains ${forbidden}`);
}
mkdirSync(dirname(out), {recursive: true});
writeFileSync(out, script);
