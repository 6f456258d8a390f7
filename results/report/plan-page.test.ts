/** The structure of a plan's page: what stands where, that nothing is loaded, and that it is the same each time. */
import { describe, expect, test } from 'vitest';
import { planPage } from './plan-page.ts';
import type { PlanReport } from './plan-report.ts';
import { SAMPLE_PLAN } from './sample-plan.ts';

const page = planPage(SAMPLE_PLAN);
const withoutScript = (html: string): string => html.replace(/<(style|script)>[^]*?<\/\1>/g, '');
const text = (html: string): string =>
  withoutScript(html)
    .replace(/<[^>]*>/g, '')
    .replace(/\u202f/g, ' ');

describe('the report of a plan', () => {
  test('is the same bytes each time', () => {
    expect(planPage(SAMPLE_PLAN)).toBe(page);
  });

  test('asks for nothing from anywhere', () => {
    expect(page).not.toMatch(/\b(?:src|action|srcset)=/);
    expect(page).not.toMatch(/https?:|@import|url\(|fetch\(|import\(/);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${target}"`);
  });

  test('gives the question, then the answer, then the frontier, then why not less, then the tries', () => {
    const places = [
      'How many Nodes of worker do 300 Pods need?',
      '30 Nodes, 5.76 an hour; not 29 Nodes.',
      'class="chart"',
      '29 Insufficient cpu.',
      '<caption>Tries</caption>',
    ].map((words) => page.indexOf(words));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
  });

  test('draws what meets the objectives filled, what does not hollow, and rings the answer', () => {
    const chart = page.slice(
      page.indexOf('<svg class="chart"'),
      page.indexOf('</svg>', page.indexOf('<svg class="chart"')),
    );
    expect(chart.match(/class="dot"/g)).toHaveLength(2);
    expect(chart.match(/class="ring"/g)).toHaveLength(4);
    expect(chart.match(/class="chosen"/g)).toHaveLength(1);
    expect(chart.replaceAll('\u202f', ' ')).toContain('objective: at most 5 s');
    expect(chart).toMatch(/role="img" aria-label="[^"]{20,}"/);
  });

  test('names the command of each try, and how many are left out', () => {
    for (const { command } of SAMPLE_PLAN.tries) expect(page).toContain(command);
    expect(text(page)).toContain('4 more are in tries.csv.');
  });

  test('escapes every name', () => {
    expect(page).not.toContain('<plan>');
    expect(page).not.toContain('web-<1>');
  });

  test('has no coordinate that is not a number, with one try too', () => {
    const [first] = SAMPLE_PLAN.tries;
    const points = SAMPLE_PLAN.frontier?.points.slice(0, 1) ?? [];
    const alone = {
      ...SAMPLE_PLAN,
      tries: first === undefined ? [] : [first],
      frontier: { ...SAMPLE_PLAN.frontier, points },
    };
    for (const html of [page, planPage(alone as PlanReport)]) {
      expect(withoutScript(html)).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test('without a frontier has the tries alone', () => {
    const none = planPage({ ...SAMPLE_PLAN, frontier: undefined, misses: [], notes: [] });
    expect(none).not.toContain('<svg class="chart"');
    expect(none).not.toContain('Why not less');
    expect(none).toContain('<caption>Tries</caption>');
  });
});
