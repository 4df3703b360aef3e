// The report in HTML in a real browser: node --test report.test.mjs
// PAGES names the folder that pages.py wrote, CHROMIUM the browser.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import axe from 'axe-core';

import { launchChromium } from './chromium.mjs';

const PAGES = resolve(process.env.PAGES ?? 'pages');
const INCOMPLETE = JSON.parse(readFileSync(new URL('axe-incomplete.json', import.meta.url)));
const PHONE = { width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const DESKTOP = { width: 1280, height: 800 };

let browser;

before(async () => {
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
});

const address = (name, hash = '') => pathToFileURL(join(PAGES, `${name}.html`)).href + hash;

/** A page that fails the test where it says, asks or loads anything. */
const opened = async (context, name, { hash = '', viewport = DESKTOP, scheme = 'light', language = 'ja', bypass = false } = {}) => {
  const page = await browser.newPage();
  const noise = [];
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { noise.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address(name)) {
      noise.push(`request: ${request.url()}`);
    }
  });
  context.after(async () => {
    await page.close();
    assert.deepEqual(noise, []);
  });
  await page.setBypassCSP(bypass);
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(address(name, hash));
  if (language !== 'ja') {
    await page.click(`[data-set-lang=${language}]`);
  }
  return page;
};

const unfold = (page) => page.evaluate(() => {
  for (const details of document.querySelectorAll('details')) {
    details.open = true;
  }
});
const shown = (page) => page.$eval('#shown', (element) => element.textContent);
const total = async (page) => Number((await shown(page)).split(' / ')[1]);
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  return element.id || element.value || element.dataset.setLang || element.textContent.trim();
});

/** Press Tab until the focus is on the element; nothing else is used to get there. */
const tabTo = async (page, wanted, limit = 400) => {
  for (let presses = 0; presses < limit; presses += 1) {
    if (await page.evaluate((selector) => document.activeElement.matches(selector), wanted)) {
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not lead to ${wanted}; the focus is on ${await focused(page)}`);
};

describe('accessibility', () => {
  for (const [language, scheme, device, viewport] of [
    ['ja', 'light', 'desktop', DESKTOP],
    ['en', 'dark', 'phone', PHONE],
  ]) {
    test(`axe finds nothing: ${language}, ${scheme}, ${device}`, async (context) => {
      const page = await opened(context, 'report', { viewport, scheme, language, bypass: true });
      await unfold(page);
      // axe looks at what is in front of each word: all must be laid out, and nothing hover over it.
      await page.addStyleTag({
        content: '.control{content-visibility:visible!important}.filter{position:static!important}',
      });
      await page.evaluate(axe.source);
      const { violations, incomplete } = await page.evaluate(() => window.axe.run(document, {
        rules: { 'target-size': { enabled: true } },
        resultTypes: ['violations', 'incomplete'],
      }));
      const told = (results) => results.map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
      }));
      assert.deepEqual(told(violations), []);
      const elsewhere = await page.evaluate((results, listed) => results.map(({ id, nodes }) => ({
        id,
        nodes: nodes.filter(({ target }) => !(id in listed)
          || !document.querySelector(target.at(-1)).matches(listed[id].within)),
      })).filter(({ nodes }) => nodes.length), incomplete, INCOMPLETE);
      assert.deepEqual(told(elsewhere), [], 'not in axe-incomplete.json');
    });

    test(`words in pictures have a contrast of 4.5: ${scheme}`, async (context) => {
      const page = await opened(context, 'report', { viewport, scheme, language });
      await unfold(page);
      const contrasts = await page.evaluate(() => {
        const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
        const luminance = (colour) => channels(colour)
          .map((channel) => channel / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
          .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
        const behind = (text) => {
          const rectangle = text.parentElement.matches('g') && text.parentElement.querySelector('rect');
          const ground = rectangle || text.ownerSVGElement.querySelector('rect.ground');
          return ground ? getComputedStyle(ground).fill
            : getComputedStyle(text.closest('.alike')).backgroundColor;
        };
        return [...document.querySelectorAll('.picture text')].map((text) => {
          const [light, dark] = [getComputedStyle(text).fill, behind(text)]
            .map(luminance).sort((one, other) => other - one);
          return [(light + 0.05) / (dark + 0.05), text.textContent, text.getAttribute('class')];
        });
      });
      assert.ok(contrasts.length > 20);
      assert.deepEqual(contrasts.filter(([contrast]) => contrast < 4.5), []);
    });
  }
});

describe('keyboard alone', () => {
  test('the skip link leads to the findings', async (context) => {
    const page = await opened(context, 'report');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await focused(page), 'findings');
  });

  test('search, outcomes and reset', async (context) => {
    const page = await opened(context, 'report', { hash: '#findings' });
    const all = await total(page);
    await tabTo(page, '#search');
    await page.keyboard.type('SEGMENTATION');
    const [searched] = (await shown(page)).split(' / ').map(Number);
    assert.ok(searched > 0 && searched < all, await shown(page));
    await tabTo(page, 'input[value=fail]');
    await page.keyboard.press('Space');
    const [passing] = (await shown(page)).split(' / ').map(Number);
    assert.ok(passing < searched, await shown(page));
    const visible = await page.$$eval('.alike.fail', (groups) => groups.filter((group) => group.checkVisibility()).length);
    assert.equal(visible, 0);
    await tabTo(page, '#reset');
    await page.keyboard.press('Enter');
    assert.equal(await shown(page), `${all} / ${all}`);
    assert.equal(await focused(page), 'search');
  });

  test('what a search finds is unfolded, and folded again', async (context) => {
    const page = await opened(context, 'report', { hash: '#findings' });
    const key = await page.$eval('details.alike.pass .members > li > a', (link) => link.textContent);
    await tabTo(page, '#search');
    await page.keyboard.type(key);
    const visible = () => page.$$eval('details.alike .members > li', (all) => all.filter((one) => one.checkVisibility()).length);
    assert.ok(await visible() > 0);
    await tabTo(page, '#reset');
    await page.keyboard.press('Enter');
    assert.equal(await visible(), 0);
  });

  test('a search for nothing that exists shows nothing', async (context) => {
    const page = await opened(context, 'report', { hash: '#findings' });
    await tabTo(page, '#search');
    await page.keyboard.type('no such thing');
    assert.match(await shown(page), /^0 \/ \d+$/);
    assert.equal(await page.$$eval('.control', (all) => all.filter((one) => one.checkVisibility()).length), 0);
  });

  test('the language', async (context) => {
    const page = await opened(context, 'report');
    await tabTo(page, '[data-set-lang=en]');
    await page.keyboard.press('Enter');
    assert.equal(await page.$eval('html', (root) => root.lang), 'en');
    assert.match(await page.title(), /^Assessment/);
    assert.equal(await page.$eval('nav', (nav) => nav.getAttribute('aria-label')), 'Contents');
    assert.match(await page.$eval('main', (main) => main.innerText), /Audit items of chapter 4/);
    assert.doesNotMatch(await page.$eval('#table', (heading) => heading.innerText), /監査項目/);
    assert.equal(await page.$eval('[data-set-lang=en]', (button) => button.getAttribute('aria-pressed')), 'true');
    await page.keyboard.down('Shift');
    await page.keyboard.press('Tab');
    await page.keyboard.up('Shift');
    await page.keyboard.press('Space');
    assert.match(await page.$eval('#table', (heading) => heading.innerText), /監査項目/);
  });

  test('a group is unfolded, and its finding followed', async (context) => {
    const page = await opened(context, 'report', { hash: '#findings' });
    await tabTo(page, 'details.alike > summary');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.match(await page.evaluate(() => location.hash), /^#f-[0-9a-f]{12}$/);
  });
});

describe('deep links', () => {
  const folded = (page) => page.$eval('details.alike .members > li', (finding) => finding.id);
  const isInView = (page, id) => page.evaluate((name) => {
    const { top, bottom } = document.getElementById(name).getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  }, id);

  test('a link unfolds its finding and takes the focus there', async (context) => {
    const first = await opened(context, 'report');
    const id = await folded(first);
    const page = await opened(context, 'report', { hash: `#${id}` });
    assert.ok(await page.$eval(`#${id}`, (finding) => finding.checkVisibility()));
    assert.equal(await focused(page), id);
    assert.ok(await isInView(page, id));
  });

  test('a link shows what is filtered away', async (context) => {
    const page = await opened(context, 'report');
    const id = await folded(page);
    await page.type('#search', 'no such thing');
    await page.evaluate((name) => { location.hash = name; }, id);
    await page.waitForFunction((name) => document.activeElement.id === name, {}, id);
    assert.ok(await page.$eval(`#${id}`, (finding) => finding.checkVisibility()));
  });

  test('a link to nothing does nothing', async (context) => {
    const page = await opened(context, 'report', { hash: '#f-000000000000' });
    assert.ok(await total(page));
  });
});

describe('every size', () => {
  for (const width of [320, 360, 768, 1280]) {
    for (const language of ['ja', 'en']) {
      test(`no horizontal scroll at ${width} pixels, ${language}`, async (context) => {
        const page = await opened(context, 'report', { viewport: { ...PHONE, width }, language });
        await unfold(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      });
    }
  }

  for (const [device, viewport] of [['desktop', DESKTOP], ['phone', { ...PHONE, width: 390, height: 844 }]]) {
    for (const language of ['ja', 'en']) {
      test(`the summary fits on one screen: ${device}, ${language}`, async (context) => {
        const page = await opened(context, 'report', { viewport, language });
        const bottom = await page.$eval('.summary dl', (facts) => facts.getBoundingClientRect().bottom);
        assert.ok(bottom <= viewport.height, `${bottom}`);
      });
    }
  }
});

describe('paper', () => {
  test('what only works on a screen is left out, also from a dark one', async (context) => {
    const page = await opened(context, 'report', { scheme: 'dark' });
    await page.emulateMediaType('print');
    for (const selector of ['.filter', '.language', '.skip', 'nav']) {
      assert.equal(await page.$eval(selector, (element) => element.checkVisibility()), false, selector);
    }
    assert.ok(await page.$eval('.signatures', (element) => element.checkVisibility()));
    assert.equal(await page.$eval('body', (body) => getComputedStyle(body).backgroundColor), 'rgb(255, 255, 255)');
    assert.equal(await page.$eval('body', (body) => getComputedStyle(body).color), 'rgb(27, 31, 36)');
  });

  test('what is folded is printed, and folded again', async (context) => {
    const page = await opened(context, 'report');
    const open = () => page.$$eval('details.paper[open]', (all) => all.length);
    const printed = page.evaluate(() => new Promise((done) => {
      addEventListener('afterprint', () => done(), { once: true });
      addEventListener('beforeprint', () => {
        window.openOnPaper = document.querySelectorAll('details.paper:not([open])').length;
      }, { once: true });
    }));
    const first = await open();
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    await printed;
    assert.ok(pdf.length > 50_000);
    assert.equal(await page.evaluate(() => window.openOnPaper), 0);
    assert.equal(await open(), first);
  });
});

describe('security', () => {
  test('hostile names act nowhere', async (context) => {
    const page = await opened(context, 'hostile');
    await unfold(page);
    assert.equal(await page.$$eval('main script, main img, main iframe, main [onmouseover]', (all) => all.length), 0);
    assert.ok(await total(page) >= 400);
  });

  test('the policy forbids the network and foreign scripts', async (context) => {
    const page = await browser.newPage();
    context.after(() => page.close());
    await page.goto(address('report'));
    const blocked = await page.evaluate(async () => {
      const directives = [];
      addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective));
      await fetch('https://example.com/').catch(() => {});
      const image = document.createElement('img');
      image.src = 'https://example.com/x.png';
      document.body.append(image);
      const script = document.createElement('script');
      script.textContent = 'window.foreign = true';
      document.body.append(script);
      document.body.setAttribute('style', 'color: red');
      await new Promise((done) => { setTimeout(done, 50); });
      return directives;
    });
    for (const directive of ['connect-src', 'img-src', 'script-src-elem', 'style-src-attr']) {
      assert.ok(blocked.includes(directive), `${directive} is not among ${blocked}`);
    }
    assert.equal(await page.evaluate(() => window.foreign), undefined);
  });

  test('without scripts everything is there, in one language', async (context) => {
    const page = await browser.newPage();
    context.after(() => page.close());
    await page.setJavaScriptEnabled(false);
    await page.goto(address('report'));
    assert.equal(await page.$eval('.filter', (filter) => filter.checkVisibility()), false);
    assert.match(await page.$eval('main', (main) => main.innerText), /監査項目/);
  });
});

test('10,000 findings', async (context) => {
  const size = statSync(join(PAGES, 'large.html')).size;
  assert.ok(size < 5_000_000, `${size} bytes`);
  const page = await opened(context, 'large');
  assert.equal(await total(page), 10_000);
  const interactive = await page.evaluate(() => performance.getEntriesByType('navigation')[0].domInteractive);
  const loaded = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
  const searched = await page.evaluate(async () => {
    const start = performance.now();
    const search = document.getElementById('search');
    search.value = 'bucket-9999';
    search.dispatchEvent(new Event('input'));
    await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
    return performance.now() - start;
  });
  assert.equal(await shown(page), '1 / 10000');
  context.diagnostic(`${size} bytes, interactive after ${Math.round(interactive)} ms, `
    + `loaded after ${Math.round(loaded)} ms, first search ${Math.round(searched)} ms`);
});
