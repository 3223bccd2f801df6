// SPDX-License-Identifier: Apache-2.0
// node build.mjs OUT.gz ...: makes the files that a browser fetches for the page and for /docs, packed as they are sent.
// Each is named by its file. Runs on node 18 or later; touches no network.

import {build} from 'esbuild';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';

const folder = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

async function bundled(entry) {
  const {outputFiles} = await build({
    entryPoints: [join(folder, entry)], bundle: true, minify: true, format: 'esm', charset: 'utf8', target: ['es2022'],
    legalComments: 'none', write: false,
  });
  return outputFiles[0].contents;
}

const read = (path) => readFileSync(path);
const makers = {
  'page.js.gz': () => bundled('main.mjs'),
  'style.css.gz': () => bundled('style.css'),
  'icon.svg.gz': () => read(join(folder, 'icon.svg')),
  'docs.js.gz': () => bundled('docs.js'),
  'docs.css.gz': () => bundled('docs.css'),
  'swagger-ui.js.gz': () => read(require.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
  'swagger-ui.css.gz': () => read(require.resolve('swagger-ui-dist/swagger-ui.css')),
};

const outs = process.argv.slice(2);
if (outs.length === 0) {
  console.error('usage: node build.mjs OUT.gz ...');
  process.exit(2);
}
for (const out of outs) {
  const packed = gzipSync(await makers[basename(out)](), {level: 9});
  packed[9] = 255;  // the header names the operating system; equal bytes everywhere
  mkdirSync(dirname(out), {recursive: true});
  writeFileSync(out, packed);
}
