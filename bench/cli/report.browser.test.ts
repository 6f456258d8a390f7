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
import { planPage, type ReportCase, type ReportData, reportPage } from '../../results/index.ts';
import { SAMPLE_PLAN } from '../../results/report/sample-plan.ts';
import { SAMPLE_REPORT } from '../../results/report/sample-report.ts';
import { build, clockwork, EXPERIMENT, folder } from './testing/command.ts';

const CHROMIUM = process.env.CLOCKWORK_CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const missing = !existsSync(CHROMIUM);
if (missing) process.stderr.write(`LEFT OUT: the report in a browser, for there is no ${CHROMIUM}\n`);

/** Names in the page that only exist in a browser. */
type Wide = { document: { documentElement: { scrollWidth: number } }; innerWidth: number };

/** The sample at three values of a factor, each with larger numbers than the one before. */
const SWEEP_REPORT: ReportData = {
  ...SAMPLE_REPORT,
  cases: [100, 250, 5000].map((value, index) => ({
    ...(SAMPLE_REPORT.cases[0] as ReportCase),
    title: `cluster.nodes[0].count = ${value}`,
    factors: { 'cluster.nodes[0].count': value },
    metrics: (SAMPLE_REPORT.cases[0] as ReportCase).metrics.map((metric) => ({
      ...metric,
      samples: metric.samples.map((own) => new Map([...own].map(([run, sample]) => [run, sample * (index + 1)]))),
    })),
  })),
};

/** A study with GPUs, four policies and Pods that are never placed: nearly everything that a page can have. */
const GPU_STUDY = EXPERIMENT.replace('memory: 8Gi,', 'memory: 8Gi, nvidia.com/gpu: 2,')
  .replace(
    'requests: { cpu: 500m, memory: 512Mi }',
    'requests: { cpu: 500m, memory: 512Mi, nvidia.com/gpu: 1 }, limits: { nvidia.com/gpu: 1 }',
  )
  .replace('count: 30', 'count: 60')
  .replace('{ kind: exponential, mean: 20 }', '{ kind: exponential, mean: 200 }')
  .replace('stop: { after: 10m }', 'stop: { after: 2m }')
  .replace('policies: [', 'policies: [{ name: gpu-best-fit }, { name: gpu-random }, ');

describe.skipIf(missing)('report.html in Chromium (skipped: Chromium is not installed)', () => {
  let browser: Browser;
  let address: string;
  let planAddress: string;
  /** Of a study with a factor. */
  let sweepAddress: string;
  /** Of a real run folder. */
  let realAddress: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS.split(' ') });
    const write = (page: string): string => {
      const file = join(mkdtempSync(join(tmpdir(), 'clockwork-report-')), 'report.html');
      writeFileSync(file, page);
      return pathToFileURL(file).href;
    };
    address = write(reportPage(SAMPLE_REPORT));
    planAddress = write(planPage(SAMPLE_PLAN));
    sweepAddress = write(reportPage(SWEEP_REPORT));
    build();
    const at = folder({ 'e.yaml': GPU_STUDY });
    const { err, code } = clockwork(at, 'run', 'e.yaml', '--out', 'o');
    if (code !== 0) throw new Error(err);
    realAddress = pathToFileURL(join(at, 'o/report.html')).href;
  }, 120_000);
  afterAll(() => browser.close());

  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
    url = address,
  ): Promise<{ page: Page; problems: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) problems.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, problems };
  }

  const background = (page: Page): Promise<string> =>
    page.locator('body').evaluate((body) => {
      const view = globalThis as unknown as { getComputedStyle(of: unknown): { backgroundColor: string } };
      return view.getComputedStyle(body).backgroundColor;
    });

  const LOOKS = [
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const;

  test.each(LOOKS)('a plan at %d px in %s: all parts, no scrolling sideways, no message', async (width, scheme) => {
    const { page, problems } = await open(width, scheme, planAddress);
    for (const details of await page.locator('details > summary').all()) await details.click();
    const scroll = await page.evaluate(() => (globalThis as unknown as Wide).document.documentElement.scrollWidth);
    expect(scroll).toBeLessThanOrEqual(width);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('sample <plan>');
    for (const name of ['Capacity', 'Why not less', 'Nodes of the answer', 'Tries']) {
      expect(await page.getByRole('heading', { name, exact: true }).isVisible()).toBe(true);
    }
    expect(await page.getByText('npx clockwork plan plan.yaml --try 29', { exact: true }).count()).toBe(1);
    const chart = page.getByRole('img', { name: /start-up p99 over Nodes of 6 candidates/ });
    expect(await chart.locator('circle.dot').count()).toBe(2);
    expect(await chart.locator('circle.ring').count()).toBe(4);
    expect(await background(page)).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(16, 22, 29)');
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each(LOOKS)('at %d px in %s: all parts, no scrolling sideways, no message', async (width, scheme) => {
    const { page, problems } = await open(width, scheme);
    for (const details of await page.locator('details > summary').all()) await details.click();
    const { scroll, inner } = await page.evaluate(() => {
      const { document, innerWidth } = globalThis as unknown as Wide;
      return { scroll: document.documentElement.scrollWidth, inner: innerWidth };
    });
    expect(inner).toBe(width);
    expect(scroll).toBeLessThanOrEqual(width);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('sample <study>');
    for (const name of ['Evidence', 'Policies side by side', 'Pods over time', 'Resources over time', 'Pods', 'Runs']) {
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

  test.each([1280, 390])(
    'at %d px a real page has its charts, and no scrolling sideways with everything opened',
    async (width) => {
      const { page, problems } = await open(width, 'dark', realAddress);
      for (const details of await page.locator('details > summary').all()) await details.click();
      const scroll = await page.evaluate(() => (globalThis as unknown as Wide).document.documentElement.scrollWidth);
      expect(scroll).toBeLessThanOrEqual(width);
      for (const name of [
        'Fragmentation of GPUs',
        'Pods and queues over time',
        'Resources over time',
        'Stranded and fragmented resources over time',
        'nvidia.com/gpu requested on each Node',
      ]) {
        expect([name, await page.getByRole('heading', { name, exact: true }).count()]).toEqual([name, 1]);
      }
      for (const name of ['GPUs fragmented as the cluster fills', 'Unschedulable Pods', 'nvidia.com/gpu requested']) {
        const chart = page.locator('figure', { has: page.getByRole('heading', { name, exact: true }) });
        expect([name, await chart.locator('svg.chart path.line').count()]).toEqual([name, 4]);
      }
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  test.each([1280, 390])(
    'at %d px no two texts of a chart touch, none is cut, and none is too small to read',
    async (width) => {
      for (const url of [address, sweepAddress, realAddress]) {
        const { page } = await open(width, 'light', url);
        expect(await page.locator('svg.chart').evaluateAll(problemsOfTexts)).toEqual([]);
        await page.close();
      }
    },
  );

  test('a study with a factor has a chart of each metric over it, at 390 px without scrolling sideways', async () => {
    const { page } = await open(390, 'light', sweepAddress);
    const charts = page.locator('#sweep svg.chart');
    expect(await charts.count()).toBeGreaterThan(1);
    expect(await charts.first().locator('path.line').count()).toBe(2);
    await page.getByRole('link', { name: 'Over the factor' }).click();
    expect(page.url()).toMatch(/#sweep$/);
    const scroll = await page.evaluate(() => (globalThis as unknown as Wide).document.documentElement.scrollWidth);
    expect(scroll).toBeLessThanOrEqual(390);
    await page.close();
  });

  test('every stop of the Tab key is seen: it has an outline and lies on the page', async () => {
    const { page } = await open(1280, 'light', realAddress);
    const stops = await page.locator('a, button, input, summary, [tabindex="0"]').filter({ visible: true }).count();
    const unseen: string[] = [];
    let last = '';
    for (let i = 0; i < stops; i++) {
      await page.keyboard.press('Tab');
      const { name, outline, height } = await page.locator(':focus').evaluate(focusOf);
      if (outline < 2 || height < 1) unseen.push(name);
      last = name;
    }
    expect(unseen).toEqual([]);
    expect(last).not.toBe('');
    expect(stops).toBeGreaterThan(40);
    await page.close();
  });

  test('a chart can be opened as numbers by the Enter key', async () => {
    const { page } = await open(390, 'light', realAddress);
    const figure = page.locator('figure', {
      has: page.getByRole('heading', { name: 'Unschedulable Pods', exact: true }),
    });
    expect(await figure.getByRole('table').count()).toBe(0);
    await figure.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await figure.getByRole('table').getByRole('row').count()).toBe(12);
    await page.close();
  });
});

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Drawn {
  getBoundingClientRect(): Box;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Drawn>;
}

/** Runs in the page: what is wrong with the texts of charts. */
function problemsOfTexts(charts: readonly unknown[]): string[] {
  const problems: string[] = [];
  for (const chart of charts as readonly Drawn[]) {
    const name = (chart.getAttribute('aria-label') ?? '').slice(0, 40);
    const frame = chart.getBoundingClientRect();
    const texts = [...chart.querySelectorAll('text')].map((text) => ({
      text: text.textContent ?? '',
      box: text.getBoundingClientRect(),
    }));
    texts.forEach(({ text, box }, i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1) problems.push(`${name}: "${text}" is cut`);
      if (box.bottom - box.top < 9) problems.push(`${name}: "${text}" is small`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (wide > 1 && high > 3) problems.push(`${name}: "${text}" touches "${other.text}"`);
      }
    });
  }
  return problems;
}

/** Runs in the page: what has the focus, and how it is marked. */
function focusOf(element: unknown): { name: string; outline: number; height: number } {
  const one = element as Drawn;
  const view = globalThis as unknown as {
    getComputedStyle(of: unknown): { outlineWidth: string; outlineStyle: string };
  };
  const { outlineWidth, outlineStyle } = view.getComputedStyle(one);
  const { top, bottom } = one.getBoundingClientRect();
  const outline = outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth);
  return { name: (one.textContent ?? '').slice(0, 40) || 'input', outline, height: bottom - top };
}
