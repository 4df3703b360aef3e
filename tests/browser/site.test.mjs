// The documentation site in a real browser: node --test site.test.mjs
// SITE names the folder that docs/site/build.py wrote, CHROMIUM the browser.

import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';

import axe from 'axe-core';
import puppeteer from 'puppeteer-core';

const SITE = resolve(process.env.SITE ?? '../../build/site');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const DESKTOP = { width: 1280, height: 800 };

const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

let browser;
let profile;
let server;
let root;

/** The site on a web server of this machine. */
const served = () => createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  createReadStream(join(SITE, path)).on('error', () => {
    response.statusCode = 404;
    response.end();
  }).pipe(response);
});

before(async () => {
  server = served();
  await new Promise((resolved) => { server.listen(0, '127.0.0.1', resolved); });
  root = `http://127.0.0.1:${server.address().port}/`;
  profile = mkdtempSync(join(tmpdir(), 'site-'));
  browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    userDataDir: profile,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
});

after(async () => {
  await browser?.close();
  server.close();
  rmSync(profile, { recursive: true, force: true });
});

/** A page that fails the test where it reports an error or loads anything from elsewhere. */
const opened = async (context, path, { viewport = DESKTOP, scheme = 'light' } = {}) => {
  const page = await browser.newPage();
  const noise = [];
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(root) && !request.url().startsWith('data:')) {
      noise.push(`request: ${request.url()}`);
    }
  });
  context.after(async () => {
    await page.close();
    assert.deepEqual(noise, []);
  });
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(root + path);
  return page;
};

describe('accessibility', () => {
  for (const [path, scheme, device, viewport] of [
    ['en/index.html', 'light', 'desktop', DESKTOP],
    ['ja/index.html', 'dark', 'phone', PHONE],
    ['en/tutorial.html', 'dark', 'desktop', DESKTOP],
    ['ja/how-to/waive.html', 'light', 'phone', PHONE],
    ['en/reference/api/package.html', 'dark', 'desktop', DESKTOP],
    ['ja/reference/api/testing.html', 'light', 'desktop', DESKTOP],
    ['en/reference/template-types.html', 'light', 'phone', PHONE],
    ['ja/reference/clauses.html', 'dark', 'desktop', DESKTOP],
    ['en/search.html?q=waiver', 'light', 'desktop', DESKTOP],
    ['ja/search.html?q=通信', 'dark', 'phone', PHONE],
  ]) {
    test(`axe finds nothing: ${path}, ${scheme}, ${device}`, async (context) => {
      const page = await opened(context, path, { viewport, scheme });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run(document, {
        rules: { 'target-size': { enabled: true } },
      }));
      assert.deepEqual(violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
      })), []);
    });
  }
});
