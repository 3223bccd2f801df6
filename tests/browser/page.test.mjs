// SPDX-License-Identifier: Apache-2.0
// The page of `valence serve` in Chromium, with and without JavaScript. VALENCE_BIN: the program; VALENCE_MODEL: a model
// it can serve. VALENCE_SCREENSHOTS: a folder for pictures of the page.

import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {accessibilityProblems, launch, watch} from './chromium.mjs';
import {skip, startServer, stopServer} from './server.mjs';

const screenshots = process.env.VALENCE_SCREENSHOTS;

// Swagger UI's own page, which is not ours to change.
const KNOWN_IN_SWAGGER = /^(heading-order: #operations-tag|region: \.information-container)/;

const REVIEW = 'A wonderful film with a great cast.\nThe ending, sadly, is dull & boring: not good. Caf\u00e9 \u{1f600}!';

// As text each of these must stay text.
const HOSTILE = [
  '<script>window.hurt = 1</script>', '<img src=x onerror="window.hurt=1">', '"><svg onload=window.hurt=1>',
  '</textarea><script>window.hurt=1</script>', '\'"--></style></title><script>window.hurt=1</script>',
  '<a href="javascript:window.hurt=1">x</a>', '{{text}} {{result}} ${window.hurt=1}', '&lt;b&gt; &#60;b&#62; &amp;amp;',
  '<iframe srcdoc="<script>parent.hurt=1</script>">', '<form action=https://example.org><button>good</button></form>',
  '<base href="https://example.org/"><link rel=stylesheet href=//example.org/x.css>', '\u202egood\u202c \u0007 \ufeff',
];

let browser;
let server;   // as it comes
let listener; // collects feedback
const work = mkdtempSync(join(tmpdir(), 'valence-page-'));
before(async () => {
  if (skip) return;
  [browser, server, listener] = await Promise.all(
      [launch(), startServer(), startServer('--feedback-db', join(work, 'feedback.db'))]);
});
after(async () => {
  await browser?.close();
  if (server) assert.deepEqual([await stopServer(server), await stopServer(listener)], [0, 0]);
  rmSync(work, {recursive: true, force: true});
});

/// Opens the page, noting what it does that it should not.
async function open(options = {}, address = `${server.origin}/`) {
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
  await page.goto(address);
  return {context, page, seen};
}

function assertSilent({console, errors, requests}, {origin} = server) {
  assert.deepEqual(errors, []);
  assert.deepEqual(console, []);  // a violated policy is reported here too
  assert.deepEqual(requests.filter((url) => !/^(data|blob):/.test(url) && !url.startsWith(origin)), []);
}

async function screenshot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, {recursive: true});
  await page.screenshot({path: join(screenshots, `page-${name}.png`), fullPage: true});
}

const verdict = (page) => page.locator('#result .verdict');

/// Waits until the charts have had two looks at the metrics.
const chartsDrawn = (page) => page.waitForSelector('#charts .plot path[d*="M"]', {state: 'attached'});

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
  await Promise.all([page.waitForNavigation(), page.click('#form button[type=submit]')]);
}

const VIEWS = {
  light: {colorScheme: 'light'},
  dark: {colorScheme: 'dark'},
  mobile: {viewport: {width: 360, height: 740}, isMobile: true, hasTouch: true, deviceScaleFactor: 2},
};

/// What must hold of a page at any time.
async function assertInOrder(page, seen, origin) {
  assert.deepEqual(await accessibilityProblems(page), []);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `${overflow} px wider than the window`);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assertSilent(seen, origin);
}

for (const [name, options] of Object.entries(VIEWS)) {
  test(`${name}: accessible and silent before and after an answer`, {skip}, async () => {
    const {context, page, seen} = await open(options);
    await assertInOrder(page, seen);
    await screenshot(page, `${name}-empty`);
    await typeAndWait(page, REVIEW);
    await chartsDrawn(page);
    await assertInOrder(page, seen);
    await screenshot(page, `${name}-answer`);
    await context.close();
  });

  test(`${name}: accessible and silent with everything open`, {skip}, async () => {
    const {context, page, seen} = await open(options, `${listener.origin}/`);
    await typeAndWait(page, REVIEW);
    await page.click('text=Compare with another text');
    await page.fill('#text-2', 'A dull film with a terrible ending.');
    await page.waitForSelector('.difference:not([hidden])');
    await page.click('text=Model card');
    await page.locator('#card h3').first().waitFor();
    await page.setInputFiles('#file', {name: 'few.csv', mimeType: 'text/csv', buffer: Buffer.from('text\ngood\nbad\n')});
    await page.click('#upload button');
    await page.locator('text=Download the result').waitFor();
    await chartsDrawn(page);
    await assertInOrder(page, seen, listener);
    await screenshot(page, `${name}-everything`);
    await context.close();
  });

  test(`${name}: the API's documentation is accessible and silent`, {skip}, async () => {
    const {context, page, seen} = await open(options, `${server.origin}/docs`);
    await page.locator('[data-path="/v1/predict"]').first().waitFor();
    await screenshot(page, `${name}-docs`);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assertSilent(seen);
    assert.deepEqual((await accessibilityProblems(page)).filter((problem) => !KNOWN_IN_SWAGGER.test(problem)), []);
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

test('two texts stand side by side, and the difference is said', {skip}, async () => {
  const {context, page} = await open();
  const first = await typeAndWait(page, 'A wonderful film.');
  await page.click('text=Compare with another text');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'text-2');
  const second = await (async () => {
    const answered = page.waitForResponse((response) => response.url().endsWith('/predict'));
    await page.fill('#text-2', 'A dull film.');
    return (await answered).json();
  })();
  await page.waitForSelector('.difference:not([hidden])');
  const label = Object.keys(first.probabilities).at(-1);
  const points = ((second.probabilities[label] - first.probabilities[label]) * 100).toFixed(1).replace('-', '\u2212');
  assert.ok((await page.locator('.difference').textContent()).includes(`${points} points`));
  const boxes = await page.$$eval('.side', (sides) => sides.map((side) => side.getBoundingClientRect().top));
  assert.equal(boxes[0], boxes[1]);
  await page.click('.side:nth-child(2) button:has-text("Close")');
  assert.equal(await page.locator('.side').count(), 1);
  assert.equal(await page.locator('.difference').isVisible(), false);
  await context.close();
});

test('feedback is asked for only where it is collected, and kept', {skip}, async () => {
  const without = await open();
  await typeAndWait(without.page, REVIEW);
  assert.equal(await without.page.locator('.feedback').count(), 0);
  await without.context.close();
  const {context, page, seen} = await open({}, `${listener.origin}/`);
  const answer = await typeAndWait(page, REVIEW);
  const kept = page.waitForResponse((response) => response.url().endsWith('/v1/feedback'));
  const label = Object.keys(answer.probabilities)[0];
  await page.click(`.feedback button:has-text("${label}")`);
  const told = await (await kept).json();
  assert.deepEqual([told.prediction_id, told.label, told.predicted], [answer.prediction_id, label, answer.label]);
  assert.match(await page.locator('.feedback [role=status]').textContent(), /Thank you/);
  assertSilent(seen, listener);
  await context.close();
});

/// A CSV of several parts, with quotes, line ends within them, and two bad rows.
function bigCsv() {
  const rows = ['id,text'];
  for (let i = 0; i < 6000; ++i) {
    if (i === 4000) rows.push('only one field');
    rows.push(`${i},"A ""wonderful"" film,\nnumber ${i}, with a great cast and a fine ending \u{1f600}"`);
  }
  rows.push('a,b,c');
  return rows.join('\n');
}

async function scoreFile(page, name, text) {
  await page.setInputFiles('#file', {name, mimeType: 'text/csv', buffer: Buffer.from(text)});
  await page.click('#upload button');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download the result')]);
  return {name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8')};
}

test('a file is scored in parts, and comes back as if it were whole', {skip}, async () => {
  const {context, page, seen} = await open();
  const csv = bigCsv();
  assert.ok(csv.length > 3 * 128 * 1024);
  const scored = await scoreFile(page, 'films.csv', csv);
  assert.equal(scored.name, 'films-scored.csv');
  const whole = await fetch(`${server.origin}/v1/batch`, {method: 'POST', headers: {'Content-Type': 'text/csv'}, body: csv});
  assert.equal(scored.text, await whole.text());
  assert.match(scored.text, /row 4002: 1 fields/);
  assert.match(scored.text, /row 6003: 3 fields/);
  assert.match(await page.locator('#upload-state').textContent(), /6,002 rows scored/);
  const lines = '{"text":"good"}\n\n{"text":"bad"}';
  const jsonl = await scoreFile(page, 'films.jsonl', lines);
  assert.deepEqual(jsonl.text.trim().split('\n').map((line) => JSON.parse(line).text), ['good', 'bad']);
  assertSilent(seen);
  await context.close();
});

test('a file that cannot be scored gets the reason', {skip}, async () => {
  const {context, page} = await open();
  await page.setInputFiles('#file', {name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n')});
  await page.click('#upload button');
  await page.locator('#upload-state [role=alert]').waitFor();
  assert.match(await page.locator('#upload-state').textContent(), /no column 'text'; the columns are: a, b/);
  await context.close();
});

test('without JavaScript a file is sent whole and its answer saved', {skip}, async () => {
  const {context, page} = await open({javaScriptEnabled: false});
  await page.setInputFiles('#file', {name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from('text\ngood\n')});
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#upload button')]);
  assert.equal(download.suggestedFilename(), 'scored.csv');
  assert.match(await readFile(await download.path(), 'utf8'), /^text,label,score,.*\ngood,/);
  assert.equal(await page.locator('#live').isVisible(), false);
  assert.equal(await page.locator('#card-link').getAttribute('href'), '/v1/models/model/card');
  await context.close();
});

test('the charts follow what the server does', {skip}, async () => {
  const {context, page} = await open();
  await page.waitForSelector('#live:not([hidden])');
  const requests = page.locator('.tile:has-text("Requests") .figure');
  const texts = Array.from({length: 300}, () => 'A wonderful film');
  const counted = page.locator('.tile:has-text("Labels") .figure');
  const before = Number((await counted.textContent()).replaceAll(',', ''));
  for (let i = 0; i < 20; ++i) {
    await fetch(`${server.origin}/v1/predict`, {method: 'POST', headers: {'Content-Type': 'application/json'},
                                                body: JSON.stringify({texts})});
  }
  await page.waitForFunction((want) => {
    const tile = [...document.querySelectorAll('.tile')].find((each) => each.textContent.includes('Labels'));
    return Number(tile.querySelector('.figure').textContent.replaceAll(',', '')) >= want;
  }, before + 6000);
  assert.match(await requests.textContent(), /^[0-9.]+ \/s$/);
  assert.match(await page.locator('.tile:has-text("Latency") .figure').textContent(), /^[0-9.]+ (\u00b5s|ms)$/);
  await context.close();
});

test('the model card is shown in place', {skip}, async () => {
  const {context, page} = await open();
  await page.click('text=Model card');
  await page.locator('#card h4').first().waitFor();
  const text = await page.locator('#card').innerText();
  for (const mark of ['**', '`', '| ', '\\_']) assert.ok(!text.includes(mark), `${mark} in ${text}`);
  await page.click('text=Model card >> nth=0');
  assert.equal(await page.locator('#card').textContent(), '');
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
