/** The line of progress on a terminal. */
import { expect, test } from 'vitest';
import { Progress, type ProgressStream } from './progress.ts';

/** What is on the line of a terminal of so many columns. */
function terminal(columns?: number): { stream: ProgressStream; line: () => string } {
  let text = '';
  const write = (part: string): void => void (text = part.replace('\r\u001b[K', ''));
  return { stream: { isTTY: true, write, ...(columns === undefined ? {} : { columns }) }, line: () => text };
}

test('says what is finished, running and left, and after the first run the time to go', () => {
  let now = 0;
  const { stream, line } = terminal(100);
  const progress = new Progress(8, 2, stream, () => now);
  progress.started();
  progress.started();
  expect(line()).toBe(`${'█'.repeat(6)}${'░'.repeat(18)} 2 of 8 runs finished, 2 running, 4 left`);
  now = 10_000;
  progress.ended(true);
  progress.started();
  // One run in ten seconds, with two at a time: five more take fifty.
  expect(line()).toBe(
    `${'█'.repeat(9)}${'░'.repeat(15)} 3 of 8 runs finished, 1 failed, 2 running, 3 left, about 50s to go`,
  );
  now = 25_000;
  progress.started();
  expect(line()).toMatch(/about 35s to go$/);
  progress.clear();
  expect(line()).toBe('');
});

test('never is wider than the terminal, for it could not be drawn over', () => {
  for (const columns of [undefined, 0, 200, 80, 60, 40, 20]) {
    const { stream, line } = terminal(columns);
    const progress = new Progress(100, 0, stream, () => 0);
    progress.started();
    progress.ended(true);
    expect(line().length).toBeLessThan(columns || 80);
    expect(line()).toContain('1 of 100 runs');
    progress.clear();
  }
});

test('writes nothing where there is no terminal', () => {
  const written: string[] = [];
  const progress = new Progress(2, 0, { write: (text) => written.push(text) });
  progress.started();
  progress.ended(false);
  progress.clear();
  expect(written).toEqual([]);
});
