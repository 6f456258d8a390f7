/** The folder that a plan leaves: what is in it, that it repeats itself, and what it is not confused with. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { csvParse } from 'd3-dsv';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerPlan } from './answer.ts';
import { loadPlan } from './load-plan.ts';
import { openPlanFolder, planFolderName, planSummary, type PlanSummary } from './plan-folder.ts';
import { planReportOf } from './plan-report-data.ts';
import { repeatPlan, writePlanReport, writeResults } from './write-plan.ts';

const scenario = (name: string): string => fileURLToPath(new URL(`../scenarios/${name}`, import.meta.url));
const temporary = (): string => mkdtempSync(join(tmpdir(), 'clockwork-plan-'));

function answerInto(folder: string, plan: string): PlanSummary {
  const loaded = loadPlan(plan);
  openPlanFolder(folder, loaded);
  const summary = planSummary(loaded, answerPlan(loaded));
  writeResults(folder, summary);
  return summary;
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('the folder of a plan', () => {
  const folder = temporary();
  let summary: PlanSummary;
  beforeAll(() => {
    summary = answerInto(folder, scenario('plan-snapshot-cheapest.yaml'));
  });

  test('holds the plan, its inputs, the answer, every try and the report', () => {
    expect(Object.keys(filesOf(folder))).toEqual([
      'inputs/cluster.yaml',
      'inputs/machine-types.csv',
      'plan.yaml',
      'report.html',
      'summary.json',
      'tries.csv',
    ]);
  });

  test('has a row for each try, with the Pod that fits nowhere and what had been lost', () => {
    const rows = csvParse(readFileSync(join(folder, 'tries.csv'), 'utf8'));
    expect(rows).toHaveLength(summary.result.tries.length);
    const answer = rows.find(({ candidate }) => candidate === 'm5-large=1,c5-xlarge=4,r5-large=0');
    expect(answer).toMatchObject({ meets: 'yes', size: '0.776', pod: '', why: '' });
    const oneLess = rows.find(({ candidate }) => candidate === 'm5-large=0,c5-xlarge=4,r5-large=0');
    expect(oneLess).toMatchObject({ meets: 'no', pod: 'shop/db-0', lost: 'c5-xlarge-0' });
  });

  test('is the same bytes when the plan is answered again, from the file or from the folder', () => {
    const again = temporary();
    answerInto(again, scenario('plan-snapshot-cheapest.yaml'));
    expect(filesOf(again)).toEqual(filesOf(folder));
    const moved = temporary();
    answerInto(moved, join(folder, 'plan.yaml'));
    expect(filesOf(moved)).toEqual(filesOf(folder));
  });

  test('names nothing of this machine', () => {
    for (const text of Object.values(filesOf(folder))) expect(text).not.toContain(tmpdir());
  });

  test('is verified by answering it again; a changed answer is told with its line', () => {
    expect(repeatPlan(folder)).toEqual([
      { file: 'summary.json', agrees: true },
      { file: 'tries.csv', agrees: true },
    ]);
    const copy = temporary();
    cpSync(folder, copy, { recursive: true });
    const tries = readFileSync(join(copy, 'tries.csv'), 'utf8').split('\n');
    writeFileSync(join(copy, 'tries.csv'), [...tries.slice(0, 2), 'x', ...tries.slice(3)].join('\n'));
    expect(repeatPlan(copy)).toEqual([
      { file: 'summary.json', agrees: true },
      { file: 'tries.csv', agrees: false, line: 3 },
    ]);
  });

  test('gives the report its question, answer, frontier and reasons', () => {
    const report = planReportOf(folder);
    expect(report.question).toBe(
      'Which mix of m5-large, c5-xlarge and r5-large costs least for 22 Pods, so that any one Node may be lost?',
    );
    expect(report.answer).toBe(
      '1 m5-large + 4 c5-xlarge, 0.776 an hour, meet the objectives; 4 c5-xlarge or 1 m5-large + 3 c5-xlarge do not.',
    );
    expect(report.frontier?.points.filter(({ chosen }) => chosen)).toEqual([
      expect.objectContaining({ label: '1 m5-large + 4 c5-xlarge', size: 0.776, meets: true }),
    ]);
    expect(report.frontier?.points).toHaveLength(summary.result.tries.length);
    expect(report.misses.map(({ why }) => why)).toEqual([
      expect.stringContaining('after the loss of c5-xlarge-0, Pod shop/db-0 fits nowhere'),
      expect.stringContaining('Pod shop/batch-1 fits nowhere'),
    ]);
    expect(report.tries[0]?.command).toMatch(
      /^npx clockwork plan plan\.yaml --try m5-large=\d+,c5-xlarge=\d+,r5-large=\d+$/,
    );
  });

  test('writes its report again to the same bytes', () => {
    const before = readFileSync(join(folder, 'report.html'), 'utf8');
    writePlanReport(folder);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toBe(before);
  });

  test('is not written over by another plan', () => {
    const other = loadPlan(scenario('plan-snapshot-removable.yaml'));
    expect(() => openPlanFolder(folder, other)).toThrow('holds something else than this plan; choose another --out');
  });
});

test('a folder without an answer has no report, and says so', () => {
  const folder = temporary();
  expect(() => planReportOf(folder)).toThrow('holds no plan.yaml; accepted is the folder of a plan that was answered');
  openPlanFolder(folder, loadPlan(scenario('plan-snapshot-removable.yaml')));
  expect(existsSync(join(folder, 'plan.yaml'))).toBe(true);
  expect(() => planReportOf(folder)).toThrow('holds no summary.json');
});

test('a run folder is not taken for a plan', () => {
  const folder = temporary();
  writeFileSync(join(folder, 'experiment.yaml'), 'name: x\n');
  const loaded = loadPlan(scenario('plan-snapshot-removable.yaml'));
  expect(() => openPlanFolder(folder, loaded)).toThrow('holds something else');
  expect(planFolderName(loaded)).toMatch(/^out\/snapshot-nodes-that-can-go-[0-9a-f]{12}$/);
});

test.each(['removable', 'replicas'])('find %s has a frontier and rows that name the way back', (find) => {
  const folder = temporary();
  answerInto(folder, scenario(`plan-snapshot-${find}.yaml`));
  const { frontier, tries, misses } = planReportOf(folder);
  expect(frontier?.points.some(({ chosen }) => chosen)).toBe(true);
  expect(frontier?.points.some(({ meets }) => !meets)).toBe(true);
  expect(tries.every(({ command }) => command.startsWith('npx clockwork plan plan.yaml --try '))).toBe(true);
  expect(misses.length).toBe(find === 'replicas' ? 1 : 3);
});
