// SPDX-License-Identifier: Apache-2.0
// What the browser tests share: Debian's Chromium through playwright-core, and axe-core's rules. The packages live in
// web/node_modules.

import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const {chromium} = require('playwright-core');
const axePath = require.resolve('axe-core/axe.min.js');

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/// A browser without a window. CHROMIUM names another binary than Debian's.
export function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({executablePath, headless: true, args: FLAGS});
}

/// Collects what a page says on its console, its uncaught errors and the addresses it asks for.
export function watch(page) {
  const seen = {console: [], errors: [], requests: []};
  page.on('console', (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => seen.errors.push(error.message));
  page.on('request', (request) => seen.requests.push(request.url()));
  return seen;
}

/// axe-core's findings, one line each. Runs in an isolated world, so that the page's own content
/// security policy may stay as it is.
export async function accessibilityProblems(page) {
  const session = await page.context().newCDPSession(page);
  const {frameTree} = await session.send('Page.getFrameTree');
  const {executionContextId} = await session.send('Page.createIsolatedWorld',
                                                  {frameId: frameTree.frame.id, worldName: 'axe'});
  const evaluate = async (expression) => {
    const answer = await session.send('Runtime.evaluate', {
      expression, contextId: executionContextId, awaitPromise: true, returnByValue: true,
    });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? 'axe failed');
    return answer.result.value;
  };
  await evaluate(`${await readFile(axePath, 'utf8')}; undefined`);
  const violations = await evaluate('axe.run(document).then((found) => found.violations)');
  await session.detach();
  return violations
      .flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}
