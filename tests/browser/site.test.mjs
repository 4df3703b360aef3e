// The documentation site in a real browser: node --test site.test.mjs
// SITE names the folder that docs/site/build.py wrote, CHROMIUM the browser.

import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';

import axe from 'axe-core';

import { launchChromium } from './chromium.mjs';

const SITE = resolve(process.env.SITE ?? '../../build/site');
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const DESKTOP = { width: 1280, height: 800 };

const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

let browser;
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
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  server.close();
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

describe('accessibility', { concurrency: 2 }, () => {
  for (const [path, scheme, device, viewport] of [
    ['en/index.html', 'light', 'desktop', DESKTOP],
    ['ja/index.html', 'dark', 'phone', PHONE],
    ['en/tutorial.html', 'dark', 'desktop', DESKTOP],
    ['ja/how-to/waive.html', 'light', 'phone', PHONE],
    ['en/reference/controls/root-mfa.html', 'light', 'desktop', DESKTOP],
    ['ja/reference/controls/s3-exposure.html', 'dark', 'phone', PHONE],
    ['en/reference/api/package.html', 'dark', 'desktop', DESKTOP],
    ['en/reference/api/testing-records.html', 'dark', 'desktop', DESKTOP],
    ['ja/reference/api/testing.html', 'light', 'desktop', DESKTOP],
    ['en/reference/template-types.html', 'light', 'phone', PHONE],
    ['ja/reference/clauses.html', 'dark', 'desktop', DESKTOP],
    ['en/search.html?q=waiver', 'light', 'desktop', DESKTOP],
    ['ja/search.html?q=通信', 'dark', 'phone', PHONE],
  ]) {
    test(`axe finds nothing: ${path}, ${scheme}, ${device}`, async (context) => {
      const page = await opened(context, path, { viewport, scheme });
      await page.evaluate(axe.source);
      // Contrast takes a minute on a page of ten thousand elements; shorter pages have the same.
      const contrast = await page.evaluate(() => document.querySelectorAll('*').length < 10_000);
      const { violations } = await page.evaluate((rules) => window.axe.run(document, {
        rules, resultTypes: ['violations'],
      }), { 'target-size': { enabled: true }, 'color-contrast': { enabled: contrast } });
      assert.deepEqual(violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
      })), []);
    });
  }
});

/** The addresses of the pages that a query finds, best first, through the field of the page. */
const found = (page, query) => page.evaluate((asked) => {
  const input = document.querySelector('#site-query');
  input.value = asked;
  input.dispatchEvent(new Event('input'));
  return [...document.querySelectorAll('#site-results > li > a:first-child')]
    .map((link) => link.getAttribute('href').replace(/^(\.\/)+/, ''));
}, query);

const GLOSSARY = 'reference/glossary.html';

/** The sentences in which each term of the glossary is looked for. */
const SENTENCES = {
  en: [(term) => `what does ${term} mean?`, (term) => `I want to know more about ${term}`],
  ja: [(term) => `${term}とは何ですか`, (term) => `${term}について確認する方法を知りたい`],
};

describe('search', () => {
  for (const language of ['en', 'ja']) {
    test(`each term of the glossary is found: ${language}`, { skip: !existsSync(join(SITE, language, GLOSSARY)) }, async (context) => {
      const page = await opened(context, `${language}/search.html`);
      const terms = await page.evaluate((address) => SITE_INDEX
        .find((entry) => entry.address === address).sections.map(([, term]) => [term, SITE_INDEX
          .filter(({ keywords }) => keywords.includes(term)).map((entry) => entry.address)]), GLOSSARY);
      assert.ok(terms.length > 80);
      const wrong = [];
      for (const [term, explained] of terms) {
        const pages = [GLOSSARY, ...explained];
        const place = (results) => results.findIndex((address) => pages.includes(address));
        const alone = await found(page, term);
        if (place(alone) !== 0) {
          wrong.push(`${term}: ${alone.slice(0, 3)}`);
        }
        if (!alone.includes(GLOSSARY) || !explained.some((address) => alone.includes(address))) {
          wrong.push(`${term}: not both in the glossary and where it is explained`);
        }
        for (const sentence of SENTENCES[language]) {
          const results = await found(page, sentence(term));
          if (place(results) < 0 || place(results) > 2) {
            wrong.push(`${sentence(term)}: ${results.slice(0, 3)}`);
          }
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  // Loading the index takes a second: all questions of a language are asked on one page.
  for (const [language, questions] of Object.entries({
    en: [
      ['how do I waive', 'how-to/waive'],
      ['run one control', 'how-to/pytest'],
      ['read an unknown', 'explanation/not-knowing'],
      ['add an account', 'how-to/add-an-account'],
      ['run in GitHub Actions', 'how-to/github-actions'],
      ['judge a template', 'how-to/templates'],
      ['add a control', 'how-to/add-a-control', 'how-to/own-control'],
      ['see what it reads', 'reference/least-privilege'],
      ['read the report', 'how-to/reports'],
      ['upgrade', 'how-to/upgrade'],
      ['waived', 'how-to/waive'],
      ['declaring buckets', 'how-to/declare-a-bucket'],
      ['root-mfa', 'reference/controls/root-mfa'],
      ['multi-factor authentication of the root user', 'reference/controls/root-mfa'],
      ['check_root_mfa', 'reference/api/checks'],
    ],
    ja: [
      ['例外を承認するには', 'how-to/waive'],
      ['1 つのコントロールだけを実行する', 'how-to/pytest'],
      ['判定不能の読み方', 'explanation/not-knowing'],
      ['アカウントを追加する', 'how-to/add-an-account'],
      ['GitHub Actions で実行する', 'how-to/github-actions'],
      ['テンプレートを判定する', 'how-to/templates'],
      ['コントロールを追加する', 'how-to/add-a-control', 'how-to/own-control'],
      ['何を読み取るかを確認する', 'reference/least-privilege'],
      ['レポートの読み方', 'how-to/reports'],
      ['アップグレード', 'how-to/upgrade'],
      ['通信', 'reference/glossary'],
      ['S3バケット', 'how-to/declare-a-bucket'],
      ['S3 バケットの公開範囲', 'how-to/declare-a-bucket'],
      ['root-mfa', 'reference/controls/root-mfa'],
      ['ルートユーザーの MFA', 'reference/controls/root-mfa'],
      ['check_root_mfa', 'reference/api/checks'],
    ],
  })) {
    test(`the answer to each question is among the first three: ${language}`, async (context) => {
      const page = await opened(context, `${language}/search.html`);
      for (const [query, ...answers] of questions) {
        const results = (await found(page, query)).slice(0, 3);
        assert.ok(answers.some((answer) => results.includes(`${answer}.html`)), `${query}: ${results}`);
      }
    });
  }

  test('the address of a search leads to its results', async (context) => {
    const page = await opened(context, 'en/search.html?q=how%20do%20I%20waive');
    const results = await page.$$eval('#site-results > li > a:first-child', (links) => links.map((link) => link.getAttribute('href')));
    assert.ok(results.slice(0, 3).some((address) => address.endsWith('how-to/waive.html')), `${results.slice(0, 5)}`);
  });

  test('what no page has finds nothing, and says so', async (context) => {
    const page = await opened(context, 'ja/search.html');
    assert.deepEqual(await found(page, 'zzzqqq'), []);
    assert.equal(await page.$eval('#site-count', (count) => count.textContent), '該当するページはありません。');
  });

  test('the field of each page leads to the results', async (context) => {
    const page = await opened(context, 'ja/how-to/waive.html');
    await page.type('.sidebar-search', '証跡');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.ok((await page.$$('#site-results > li')).length > 1);
  });
});

describe('languages', () => {
  for (const [device, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
    test(`the switch leads to the same page: ${device}`, async (context) => {
      const page = await opened(context, 'en/how-to/waive.html', { viewport });
      const links = await page.$$eval('.languages a', (all) => all.filter((link) => link.checkVisibility()).map((link) => link.hreflang));
      assert.deepEqual(links, ['en', 'ja']);
      // With the keyboard alone.
      for (let presses = 0; presses < 200; presses += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(() => document.activeElement.matches('.languages a[hreflang=ja]'))) {
          break;
        }
      }
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      assert.equal(page.url(), `${root}ja/how-to/waive.html`);
      assert.equal(await page.$eval('html', (html) => html.lang), 'ja');
    });
  }

  test('the switch keeps the query', async (context) => {
    const page = await opened(context, 'ja/search.html?q=MFA');
    assert.match(await page.$eval('.languages a[hreflang=en]', (link) => link.href), /en\/search\.html\?q=MFA$/);
  });

  test('a page in English on the Japanese site says so', async (context) => {
    const page = await opened(context, 'ja/changelog.html');
    assert.ok(await page.$('.fallback'));
    assert.ok(await page.$('div[lang=en] h1'));
    assert.equal(await page.$eval('html', (html) => html.lang), 'ja');
  });

  test('the root leads to a language', async (context) => {
    const page = await opened(context, 'index.html');
    await page.waitForFunction(() => /\/(en|ja)\/index\.html$/.test(window.location.href));
  });
});

describe('phone', () => {
  for (const path of ['en/index.html', 'ja/reference/template-types.html', 'en/reference/api/package.html', 'ja/search.html?q=通信']) {
    test(`the page does not scroll sideways: ${path}`, async (context) => {
      const page = await opened(context, path, { viewport: PHONE });
      assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth), PHONE.width);
    });
  }

  test('code can be copied, without prompts', async (context) => {
    const page = await opened(context, 'en/how-to/waive.html');
    assert.ok((await page.$$('.copybtn')).length > 0);
  });
});
