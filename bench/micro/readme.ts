/**
 * `npm run readme`: writes anew what the main README shows of the quickstart: its table and digests, between the marks, and the pictures of its
 * report, taken in headless Chromium (CHROMIUM, or /usr/bin/chromium). To be run when a model has changed what comes out.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const README = join(ROOT, 'README.md');
const MARKS = ['<!-- quickstart: npm run readme -->', '<!-- end of quickstart -->'] as const;
/** Digests that are shown. */
const DIGESTS = 2;
const WIDTH = 1100;
const MOST_BYTES = 200_000;

const folder = join(mkdtempSync(join(tmpdir(), 'clockwork-readme-')), 'quickstart');
const args = ['dist/bench/cli/main.js', 'run', 'bench/scenarios/quickstart.yaml', '--out', folder];
const printed = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
writeFileSync(README, withTable(readFileSync(README, 'utf8'), printed));
await takePictures();

function withTable(readme: string, text: string): string {
  const [table = '', after = ''] = text.split('\nDigests\n');
  const digests = after.split('\n').slice(0, DIGESTS);
  const block = ['```text', table.trimEnd(), '', 'Digests', ...digests, '…', '```'].join('\n');
  const [start, end] = MARKS.map((mark) => readme.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error(`README.md: found no ${MARKS.join(' … ')}`);
  return `${readme.slice(0, start)}${MARKS[0]}\n${block}\n${readme.slice(end)}`;
}

async function takePictures(): Promise<void> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, colorScheme: 'light' });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    await page.waitForTimeout(500);
    await takePicture(page, 'answer', 'h1', '#answer');
    await takePicture(page, 'nodes', 'h3:has-text("CPU requested on each Node")', 'figure.p1');
  } finally {
    await browser.close();
  }
}

/** From the top of one element to the end of another, over the whole width. */
async function takePicture(page: Page, name: string, from: string, to: string): Promise<void> {
  const [first, last] = await Promise.all([from, to].map((selector) => page.locator(selector).first().boundingBox()));
  if (!first || !last) throw new Error(`the report has no ${from} or no ${to}`);
  const y = Math.max(0, first.y - 12);
  const path = join(ROOT, `results/report/example-${name}.png`);
  await page.screenshot({
    path,
    fullPage: true,
    clip: { x: 0, y, width: WIDTH, height: last.y + last.height + 12 - y },
  });
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes; at most ${MOST_BYTES}`);
  process.stdout.write(`${path}: ${size} bytes\n`);
}
