// Chromium for the tests: a profile of its own, and no network but what a page asks for.
// CHROMIUM names the browser.

import puppeteer from 'puppeteer-core';

/** The browser; Puppeteer makes its profile, and removes it when the browser is closed. */
export const launchChromium = () => puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});
