// SPDX-License-Identifier: Apache-2.0
// `valence serve` for browser tests. VALENCE_BIN: the program; VALENCE_MODEL: a model it can serve.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.VALENCE_BIN ?? join(root, 'build/dev/bin/valence');
export const model = process.env.VALENCE_MODEL;
/// Why tests that need a server cannot run, or false.
export const skip = model ? false : 'VALENCE_MODEL does not name a model';

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const {port} = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/// Starts the program and waits until it is ready.
export async function startServer(...flags) {
  const port = await freePort();
  const child = spawn(program, ['serve', '--model', model, '--host', '127.0.0.1', '--port', `${port}`, ...flags],
                      {stdio: ['ignore', 'ignore', 'inherit']});
  const origin = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 30000;
  for (;;) {
    const ready = await fetch(`${origin}/readyz`).then(({ok}) => ok, () => false);
    if (ready) return {child, origin};
    assert.equal(child.exitCode, null, 'the server ended before it was ready');
    assert.ok(Date.now() < deadline, 'the server is not ready after 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/// SIGINT, so that there is no drain delay. Returns the exit code.
export async function stopServer({child}) {
  if (child.exitCode !== null) return child.exitCode;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  return ended;
}
