import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** The Chromium that the tests use: that of the variable, or where Debian puts it. */
const CHROMIUM = process.env.COLOPHON_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** Why tests in a browser are skipped; null when they run. */
export const NO_CHROMIUM = existsSync(CHROMIUM) ? null : `no Chromium at ${CHROMIUM}: install it, or name one in COLOPHON_TEST_CHROMIUM`;

/** A browser that is never let out: what it asks for but files is a failure of the test. */
export async function startChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page from a file, and all that it complained of or asked for. */
export interface OpenedPage {
  page: Page;
  context: BrowserContext;
  /** Messages of the console, uncaught errors, and requests for anything but the page itself and its own blobs. */
  noise: string[];
}

/** Opens a page by its file:// address. */
export async function openFile(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const address = `file://${path}`;
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('blob:')) noise.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return { page, context, noise };
}
