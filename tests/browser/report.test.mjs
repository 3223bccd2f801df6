// SPDX-License-Identifier: Apache-2.0
// Opens reports from disk in Chromium: the one that VALENCE_REPORT names (from a real run), and two of made-up models
// written by evaluation_tool (in VALENCE_TOOLS). VALENCE_SCREENSHOTS: a folder for pictures of the pages.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

import {accessibilityProblems, launch, watch} from './chromium.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tool = join(process.env.VALENCE_TOOLS ?? join(root, 'build/dev/bin'), 'evaluation_tool');
const screenshots = process.env.VALENCE_SCREENSHOTS;
const work = mkdtempSync(join(tmpdir(), 'valence-report-'));

const reports = [];
if (process.env.VALENCE_REPORT) reports.push({name: 'real', path: process.env.VALENCE_REPORT});
if (existsSync(tool)) {
  for (const classes of [2, 3]) {
    const folder = join(work, `${classes}`);
    mkdirSync(folder);
    execFileSync(tool, ['report', folder, `${classes}`]);
    reports.push({name: `made-up-${classes}`, path: join(folder, 'report.html'), classes});
  }
}

let browser;
before(async () => { browser = await launch(); });
after(async () => {
  await browser?.close();
  rmSync(work, {recursive: true, force: true});
});

/// `ready`: what appears when the page's script is done; null if it has none.
async function open(report, options = {}, ready = 'html[data-ready]') {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  const seen = watch(page);
  await page.goto(pathToFileURL(report.path).href);
  if (ready && options.javaScriptEnabled !== false) await page.waitForSelector(ready, {timeout: 20000});
  return {context, page, seen};
}

async function screenshot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, {recursive: true});
  await page.screenshot({path: join(screenshots, `report-${name}.png`), fullPage: true});
}

test('there is a report to open', () => assert.notEqual(reports.length, 0));

for (const report of reports) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${report.name}, ${colorScheme}: draws every picture, silent, offline, accessible`, async () => {
      const {context, page, seen} = await open(report, {colorScheme});
      const pictures = await page.locator('[data-picture]').count();
      assert.ok(pictures >= 5, `${pictures} pictures`);
      assert.equal(await page.locator('[data-picture][data-drawn] svg').count(), pictures);
      // Each has marks of its data, not only axes.
      const empty = await page.$$eval('[data-picture]', (boxes) => boxes
          .filter((box) => !box.querySelector('.mark-line path[d*="L"], .mark-rect.role-mark path, .mark-symbol.role-mark path'))
          .map((box) => box.dataset.picture));
      assert.deepEqual(empty, []);
      await screenshot(page, `${report.name}-${colorScheme}`);
      assert.deepEqual(await accessibilityProblems(page), []);
      assert.deepEqual(seen.errors, []);
      assert.deepEqual(seen.console, []); // a violated policy is reported here too
      assert.deepEqual(seen.requests, [pathToFileURL(report.path).href]);
      await context.close();
    });
  }

  test(`${report.name}: fits a phone`, async () => {
    const {context, page} = await open(report, {viewport: {width: 390, height: 844}});
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${overflow} px wider than the screen`);
    assert.deepEqual(await accessibilityProblems(page), []);
    await screenshot(page, `${report.name}-phone`);
    await context.close();
  });

  test(`${report.name}: is readable without JavaScript`, async () => {
    const {context, page} = await open(report, {javaScriptEnabled: false});
    const text = await page.locator('main').innerText();
    for (const words of ['The pictures need JavaScript', 'Accuracy', 'Confusion matrix', 'Gate']) {
      assert.ok(text.includes(words), words);
    }
    await context.close();
  });

  test(`${report.name}: prints every picture within its page`, async () => {
    const {context, page} = await open(report);
    const pdf = await page.pdf({format: 'A4'});
    assert.ok(pdf.length > 20000, `${pdf.length} bytes`);
    await context.close();
  });
}

const dataReport = process.env.VALENCE_REPORT && join(dirname(process.env.VALENCE_REPORT), 'data.html');
for (const [name, options] of Object.entries({
  light: {colorScheme: 'light'}, dark: {colorScheme: 'dark'}, phone: {viewport: {width: 390, height: 844}},
})) {
  test(`data, ${name}: accessible, silent, offline, fits`, {skip: !dataReport && 'VALENCE_REPORT is not set'}, async () => {
    const {context, page, seen} = await open({path: dataReport}, options, null);
    assert.ok((await page.locator('h1').innerText()).length > 0);
    await screenshot(page, `data-${name}`);
    assert.deepEqual(await accessibilityProblems(page), []);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${overflow} px wider than the screen`);
    assert.deepEqual([seen.errors, seen.console, seen.requests], [[], [], [pathToFileURL(dataReport).href]]);
    await context.close();
  });
}

test('texts cannot break out of the page', async (t) => {
  const report = reports.find(({name}) => name === 'made-up-2');
  if (!report) return t.skip(`no ${tool}`);
  const {context, page} = await open(report);
  assert.equal(await page.title(), 'Sentiment of reviews · evaluation report');
  assert.equal(await page.locator('img').count(), 0);
  assert.ok((await page.locator('#errors').innerText()).includes("<script>document.title='broken out'</script>"));
  await context.close();
});

test('the policy would stop a script and a style that are not the page\'s own', async (t) => {
  const report = reports[0];
  const {context, page, seen} = await open(report);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.body.append(style);
  });
  assert.equal(await page.evaluate(() => window.intruder), undefined);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).display), 'block');
  assert.equal(seen.console.filter((line) => line.includes('Content Security Policy')).length, 2);
  await context.close();
});
