// SPDX-License-Identifier: Apache-2.0
// The page of `valence serve` in Chromium, with and without JavaScript. VALENCE_BIN: the program; VALENCE_MODEL: a model
// it can serve. VALENCE_SCREENSHOTS: a folder for pictures of the page.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {accessibilityProblems, launch, watch} from './chromium.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.VALENCE_BIN ?? join(root, 'build/dev/bin/valence');
const model = process.env.VALENCE_MODEL;
const screenshots = process.env.VALENCE_SCREENSHOTS;
const skip = model ? false : 'VALENCE_MODEL does not name a model';

const REVIEW = 'A wonderful film with a great cast.\nThe ending, sadly, is dull & boring: not good. Caf\u00e9 \u{1f600}!';

// As text each of these must stay text.
const HOSTILE = [
  '<script>window.hurt = 1</script>', '<img src=x onerror="window.hurt=1">', '"><svg onload=window.hurt=1>',
  '</textarea><script>window.hurt=1</script>', '\'"--></style></title><script>window.hurt=1</script>',
  '<a href="javascript:window.hurt=1">x</a>', '{{text}} {{result}} ${window.hurt=1}', '&lt;b&gt; &#60;b&#62; &amp;amp;',
  '<iframe srcdoc="<script>parent.hurt=1</script>">', '<form action=https://example.org><button>good</button></form>',
  '<base href="https://example.org/"><link rel=stylesheet href=//example.org/x.css>', '\u202egood\u202c \u0007 \ufeff',
];

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const {port} = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/// Starts the program and waits until it is ready.
async function startServer() {
  const port = await freePort();
  const child = spawn(program, ['serve', '--model', model, '--host', '127.0.0.1', '--port', `${port}`],
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
async function stopServer({child}) {
  if (child.exitCode !== null) return child.exitCode;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  return ended;
}

let browser;
let server;
before(async () => {
  if (skip) return;
  [browser, server] = await Promise.all([launch(), startServer()]);
});
after(async () => {
  await browser?.close();
  if (server) assert.equal(await stopServer(server), 0);
});

/// Opens the page, noting what it does that it should not.
async function open(options = {}) {
  const context = await browser.newContext({viewport: {width: 1100, height: 900}, ...options});
  const page = await context.newPage();
  const seen = watch(page);
  page.on('dialog', (dialog) => {
    seen.errors.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation',
                                (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
  }
  await page.goto(`${server.origin}/`);
  return {context, page, seen};
}

function assertSilent({console, errors, requests}) {
  assert.deepEqual(errors, []);
  assert.deepEqual(console, []);  // a violated policy is reported here too
  assert.deepEqual(requests.filter((url) => !url.startsWith(server.origin) && !url.startsWith('data:')), []);
}

async function screenshot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, {recursive: true});
  await page.screenshot({path: join(screenshots, `page-${name}.png`), fullPage: true});
}

const verdict = (page) => page.locator('#result .verdict');

/// Types `text` and waits for the answer to it.
async function typeAndWait(page, text) {
  const answered = page.waitForResponse((response) => response.url().endsWith('/predict'));
  await page.fill('#text', text);
  const answer = await (await answered).json();
  await page.waitForFunction(() => !document.getElementById('result').classList.contains('stale'));
  return answer;
}

async function submitForm(page, text) {
  await page.fill('#text', text);
  await Promise.all([page.waitForNavigation(), page.click('button[type=submit]')]);
}

for (const [name, options] of Object.entries({
  light: {colorScheme: 'light'},
  dark: {colorScheme: 'dark'},
  mobile: {viewport: {width: 360, height: 740}, isMobile: true, hasTouch: true, deviceScaleFactor: 2},
})) {
  test(`${name}: accessible and silent before and after an answer`, {skip}, async () => {
    const {context, page, seen} = await open(options);
    assert.deepEqual(await accessibilityProblems(page), []);
    await screenshot(page, `${name}-empty`);
    await typeAndWait(page, REVIEW);
    assert.deepEqual(await accessibilityProblems(page), []);
    await screenshot(page, `${name}-answer`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${overflow} px wider than the window`);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assertSilent(seen);
    await context.close();
  });
}

test('typing answers without a reload, and says so', {skip}, async () => {
  const {context, page} = await open();
  const answer = await typeAndWait(page, REVIEW);
  assert.match(await verdict(page).textContent(), new RegExp(`^${answer.label} [0-9.]+ % sure$`));
  assert.match(await page.locator('#status').textContent(), new RegExp(`^${answer.label}, [0-9.]+ % sure$`));
  assert.equal(await page.locator('#status').getAttribute('role'), 'status');
  await page.fill('#text', ' ');
  await page.waitForSelector('#result', {state: 'hidden'});
  await context.close();
});

test('an example is one click away', {skip}, async () => {
  const {context, page} = await open();
  await page.click('text=a bad one');
  await verdict(page).waitFor();
  assert.match(await page.inputValue('#text'), /waste of two hours/);
  await context.close();
});

test('without JavaScript the form answers the same', {skip}, async () => {
  const scripted = await open();
  const plain = await open({javaScriptEnabled: false});
  // Line ends differ: forms send CR LF.
  for (const text of [REVIEW.replace('\n', ' '), 'qzx', ...HOSTILE.slice(0, 4)]) {
    await typeAndWait(scripted.page, text);
    await submitForm(plain.page, text);
    assert.equal(await scripted.page.locator('#result').innerHTML(), await plain.page.locator('#result').innerHTML());
    assert.equal(await plain.page.inputValue('#text'), text);
  }
  await screenshot(plain.page, 'form');
  assertSilent(plain.seen);
  await scripted.context.close();
  await plain.context.close();
});

test('words show their number to the keyboard and the mouse', {skip}, async () => {
  const {context, page} = await open();
  await typeAndWait(page, REVIEW);
  const word = page.locator('#result mark').first();
  const tip = word.locator('.tip');
  assert.equal(await tip.isVisible(), false);
  await word.focus();
  assert.equal(await tip.isVisible(), true);
  assert.match(await tip.textContent(), /^ [+\u2212][0-9.]+$/);
  await page.keyboard.press('Tab');
  assert.equal(await tip.isVisible(), false);
  assert.equal(await page.locator('#result mark').nth(1).locator('.tip').isVisible(), true);
  await word.hover();
  assert.equal(await tip.isVisible(), true);
  await screenshot(page, 'focus');
  await context.close();
});

test('the shaded text is the text', {skip}, async () => {
  const {context, page} = await open();
  await typeAndWait(page, REVIEW);
  const shown = await page.evaluate(() => {
    const copy = document.querySelector('#result .text').cloneNode(true);
    copy.querySelectorAll('.tip').forEach((tip) => tip.remove());
    return copy.textContent;
  });
  assert.equal(shown, REVIEW);
  await context.close();
});

test('hostile texts stay texts', {skip}, async () => {
  const {context, page, seen} = await open();
  for (const text of HOSTILE) {
    await typeAndWait(page, text);
    assert.equal(await page.locator('#result :is(script, img, iframe, form, a, base, link, b)').count(), 0, text);
    // Past the script, to the server's rendering.
    await Promise.all([page.waitForNavigation(), page.evaluate(() => document.getElementById('form').submit())]);
    assert.equal(await page.locator('#result :is(script, img, iframe, form, a, base, link, b)').count(), 0, text);
    assert.equal(await page.evaluate(() => window.hurt), undefined, text);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
  }
  assertSilent(seen);
  await context.close();
});

test('a text over the limit gets the reason', {skip}, async () => {
  const {context, page} = await open();
  await page.fill('#text', 'good '.repeat(300000));
  await page.locator('#result [role=alert]').waitFor();
  assert.match(await page.locator('#result').textContent(), /too large/);
  await context.close();
});

test('a server that has gone is said to have gone', {skip}, async () => {
  const other = await startServer();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${other.origin}/`);
  assert.equal(await stopServer(other), 0);
  await page.fill('#text', 'good');
  await page.locator('#result [role=alert]').waitFor();
  assert.match(await page.locator('#result').textContent(), /does not answer/);
  await context.close();
});
