import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { NO_CHROMIUM, openFile, startChromium, type OpenedPage } from '../support/chromium.js';
import { readContrasts, readUnnamed } from '../support/page-audit.js';
import { cutPaged, type PagedRelease } from '../support/paged-release.js';
import { goldenSecond, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const IMAGE = 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm';
const OTHER = 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.2.dcm';
const temporaryFolder = useTemporaryFolders();
let home: string;
let release: PagedRelease;
let browser: Browser;
let opened: OpenedPage;
let copy: string;

const inChromium = NO_CHROMIUM === null ? describe : describe.skip;
if (NO_CHROMIUM !== null) test.skip(`the page in a browser: ${NO_CHROMIUM}`, () => undefined);

inChromium('the page in Chromium', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'colophon-page-'));
    await cutPaged(home, smallStore());
    const { store, options } = goldenSecond();
    store.images.push({ case_id: 'case-d', study: '1.2.4', series: '1.2.4.1', instance: '1.2.4.1.9', text: 'x'.repeat(9 << 20) });
    release = await cutPaged(home, store, options);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(home, { recursive: true });
  });
  beforeEach(async () => {
    copy = join(temporaryFolder(), 'my copy');
    cpSync(release.folder, copy, { recursive: true });
    opened = await openFile(browser, join(release.folder, 'index.html'));
  });
  afterEach(async () => {
    expect(opened.noise).toEqual([]);
    await opened.context.close();
  });

  /** Chooses the copy and waits for the answer. */
  async function check(): Promise<string[]> {
    await opened.page.setInputFiles('#folder', copy);
    return answer();
  }

  /** The headline, then `kind path` of each problem. */
  async function answer(): Promise<string[]> {
    const { page } = opened;
    await page.waitForSelector('#result:not([hidden])', { timeout: 60_000 });
    expect(await page.evaluate('document.activeElement.id')).toBe('result');
    const problems = await page.$$eval('#result .problems li:has(code)', (items) =>
      items.map((item) => `${item.parentElement?.previousElementSibling?.textContent?.split(':')[0] ?? ''} ${item.querySelector('code')?.textContent ?? ''}`),
    );
    return [((await page.textContent('#result .verdict')) ?? '').split(':')[0] ?? '', ...problems];
  }

  test('says yes to a sound copy, and what it did not check', async () => {
    expect(await check()).toEqual(['Yes']);
    expect(await opened.page.textContent('#result')).toContain('A signature: there is none in this folder.');
    expect(await opened.page.textContent('#live')).toMatch(/^Yes/);
  });

  test('asks for the size of an image once: a browser may go to the disk for it each time', async () => {
    await opened.page.evaluate(`(() => {
      const { get } = Object.getOwnPropertyDescriptor(Blob.prototype, 'size');
      globalThis.asked = [];
      Object.defineProperty(Blob.prototype, 'size', { get() { if (this.webkitRelativePath?.includes('/data/images/')) asked.push(this.webkitRelativePath); return get.call(this); } });
    })()`);
    expect(await check()).toEqual(['Yes']);
    const asked = await opened.page.evaluate<string[]>('asked');
    expect(asked.length).toBeGreaterThan(3);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('names every kind of damage', async () => {
    const bytes = readFileSync(join(copy, IMAGE));
    bytes[3] = bytes[3]! ^ 1;
    writeFileSync(join(copy, IMAGE), bytes);
    truncateSync(join(copy, OTHER), 3);
    renameSync(join(copy, 'data/datacite.json'), join(copy, 'data/renamed.json'));
    rmSync(join(copy, 'data/dictionary.json'));
    writeFileSync(join(copy, 'data/tables/extra.txt'), 'what is this');
    expect(await check()).toEqual(['No', `corrupt ${IMAGE}`, `truncated ${OTHER}`, 'missing data/dictionary.json', 'renamed data/datacite.json', 'extra data/tables/extra.txt']);
  });

  test('a flipped bit far inside a large file', async () => {
    const large = 'data/images/case-d/1.2.4/1.2.4.1/1.2.4.1.9.dcm';
    const bytes = readFileSync(join(copy, large));
    bytes[8 << 20] = 0;
    writeFileSync(join(copy, large), bytes);
    expect(await check()).toEqual(['No', `corrupt ${large}`]);
  });

  test('lists and pages that were rewritten', async () => {
    const change = (name: string, text: string) => writeFileSync(join(copy, name), readFileSync(join(copy, name), 'utf8') + text);
    change('CHANGES.md', 'more');
    change('index.html', '<script>alert(1)</script>');
    change('bag-info.txt', 'More: yes\n');
    expect(await check()).toEqual(['No', 'manifest-tampered bag-info.txt', 'corrupt CHANGES.md', 'corrupt index.html']);
  });

  test('another release than that of the page', async () => {
    cpSync(join(home, 'releases/1.0.0'), join(copy, '../first'), { recursive: true });
    copy = join(copy, '../first');
    expect(await check()).toEqual(['No', 'manifest-tampered release.json']);
  });

  test('a folder around the release is no matter; one without any is told', async () => {
    const around = temporaryFolder();
    cpSync(copy, join(around, 'downloads/2.0.0'), { recursive: true });
    copy = around;
    expect(await check()).toEqual(['Yes']);
    const empty = temporaryFolder();
    writeFileSync(join(empty, 'a.txt'), 'a');
    await opened.page.setInputFiles('#folder', empty);
    await opened.page.getByText(/^No release is in this folder/).waitFor();
  });

  test('a folder that is dropped', async () => {
    const { page, context } = opened;
    await page.locator('#drop').scrollIntoViewIfNeeded();
    const box = (await page.locator('#drop').boundingBox())!;
    const session = await context.newCDPSession(page);
    const place = { x: box.x + box.width / 2, y: box.y + 10, data: { items: [], files: [copy], dragOperationsMask: 1 } };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...place });
    expect(await answer()).toEqual(['Yes']);
  });

  test('the keyboard alone reaches every control, in the order of the page', async () => {
    const { page } = opened;
    const reached: string[] = [];
    for (let presses = 0; presses < 200; presses++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href') || document.activeElement.tagName");
      if (name === 'BODY') break;
      reached.push(String(name));
    }
    expect(reached[0]).toBe('#main');
    expect(reached).toEqual(expect.arrayContaining(['#changes', '#verify', 'folder', 'SUMMARY', 'PRE']));
    await page.focus('summary');
    await page.keyboard.press('Enter');
    expect(await page.evaluate("document.querySelector('details').open")).toBe(true);
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe('solid');
  });

  test('everything has a name: controls, pictures, regions, tables; headings in order', async () => {
    expect(await readUnnamed(opened.page)).toEqual([]);
    await check();
    expect(await readUnnamed(opened.page)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('text stands out from its ground (WCAG 2.2, 1.4.3: 4.5 to 1), %s', async (colorScheme) => {
    await opened.page.emulateMedia({ colorScheme });
    rmSync(join(copy, IMAGE));
    await check();
    expect((await readContrasts(opened.page)).filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  test('fits a phone: nothing but what scrolls by itself is wider than it', async () => {
    await opened.page.setViewportSize({ width: 320, height: 640 });
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });

  test('without scripts there is the page, and no dead controls', async () => {
    const { page, context, noise } = await openFile(browser, join(release.folder, 'index.html'), { javaScriptEnabled: false });
    expect(await page.isVisible('#check')).toBe(false);
    expect(await page.isVisible('#changes')).toBe(true);
    expect(noise).toEqual([]);
    await context.close();
  });

  test('a script that somebody smuggles in does not run', async () => {
    const path = join(copy, 'evil.html');
    writeFileSync(path, release.html.replace('<footer>', '<script>document.title = "owned"</script><img src="x" onerror="document.title = \'owned\'"><footer>'));
    const { page, context } = await openFile(browser, path);
    expect(await page.title()).toBe('A demo 2.0.0');
    await context.close();
  });

  test('a check can be cancelled, and begun again', async () => {
    const { page } = opened;
    // The button is pressed as soon as it is there.
    await page.evaluate(`globalThis.observer = new MutationObserver(() => document.getElementById('cancel').click());
      observer.observe(document.getElementById('run'), { attributes: true, attributeFilter: ['hidden'] })`);
    await page.setInputFiles('#folder', copy);
    await page.getByText(/^Cancelled/).waitFor();
    expect(await page.isHidden('#result')).toBe(true);
    expect(await page.isHidden('#run')).toBe(true);
    await page.evaluate('observer.disconnect()');
    expect(await check()).toEqual(['Yes']);
  });
});
