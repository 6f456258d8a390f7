/**
 * The report in a real browser, opened from disk: as wide as a desk and as narrow as a phone, in light and dark, by keyboard.
 * Left out where there is no Chromium (CLOCKWORK_CHROMIUM, or where Debian installs it).
 */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../results/index.ts';
import { SAMPLE_REPORT } from '../../results/report/sample-report.ts';

const CHROMIUM = process.env.CLOCKWORK_CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const missing = !existsSync(CHROMIUM);
if (missing) process.stderr.write(`LEFT OUT: the report in a browser, for there is no ${CHROMIUM}\n`);

/** Names in the page that only exist in a browser. */
type Wide = { document: { documentElement: { scrollWidth: number } }; innerWidth: number };

describe.skipIf(missing)('report.html in Chromium (skipped: Chromium is not installed)', () => {
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS.split(' ') });
    const file = join(mkdtempSync(join(tmpdir(), 'clockwork-report-')), 'report.html');
    writeFileSync(file, reportPage(SAMPLE_REPORT));
    address = pathToFileURL(file).href;
  });
  afterAll(() => browser.close());

  async function open(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) problems.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    return { page, problems };
  }

  const background = (page: Page): Promise<string> =>
    page.locator('body').evaluate((body) => {
      const view = globalThis as unknown as { getComputedStyle(of: unknown): { backgroundColor: string } };
      return view.getComputedStyle(body).backgroundColor;
    });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('at %d px in %s: all parts, no scrolling sideways, no message', async (width, scheme) => {
    const { page, problems } = await open(width, scheme);
    for (const details of await page.locator('details > summary').all()) await details.click();
    const { scroll, inner } = await page.evaluate(() => {
      const { document, innerWidth } = globalThis as unknown as Wide;
      return { scroll: document.documentElement.scrollWidth, inner: innerWidth };
    });
    expect(inner).toBe(width);
    expect(scroll).toBeLessThanOrEqual(width);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('sample <study>');
    for (const name of ['Capacity', 'Evidence', 'Policies side by side', 'Over time', 'Nodes', 'Pods', 'Runs']) {
      expect(await page.getByRole('heading', { name, exact: true }).isVisible()).toBe(true);
    }
    expect(await background(page)).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(16, 22, 29)');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('the first key press reaches the link to the answer, and Enter follows it', async () => {
    const { page } = await open(1280, 'light');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the answer');
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#answer$/);
    await page.close();
  });

  test('the space bar on a policy hides what is its own', async () => {
    const { page } = await open(1280, 'light');
    const lines = page.locator('svg.chart path.line.p1');
    expect(await lines.first().isVisible()).toBe(true);
    await page.getByRole('checkbox', { name: 'spread' }).focus();
    await page.keyboard.press('Space');
    for (const line of await lines.all()) expect(await line.isVisible()).toBe(false);
    expect(await page.locator('svg.chart path.line.p0').first().isVisible()).toBe(true);
    await page.close();
  });

  test('a heading of a table sorts by number, by keyboard', async () => {
    const { page } = await open(1280, 'light');
    const heads = page.locator('#runs th button', { hasText: 'events' });
    await heads.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.locator('#runs th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    const events = await page.locator('#runs tbody tr td:nth-child(6)').allInnerTexts();
    expect(events.filter((text) => text !== '–').map(Number)).toEqual([1002, 1002, 1001, 1001, 1000, 1000]);
    await page.close();
  });

  test('without script the page has the same tables and charts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(address);
    expect(await page.locator('svg.chart').count()).toBe(8);
    expect(await page.locator('#runs tbody tr').count()).toBe(8);
    await context.close();
  });
});
