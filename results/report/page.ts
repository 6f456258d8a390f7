/**
 * The whole report as one HTML file that asks for nothing from anywhere: the question and the answer, then the evidence, then what
 * is needed to repeat it. Equal data give equal bytes.
 */
import { answer, question } from './answer.ts';
import { type ComparedMetric, compareMetric } from './comparison.ts';
import { comparisonTable, pairsTable } from './comparison-table.ts';
import { differenceChart } from './difference-chart.ts';
import { distributionChart } from './distribution-chart.ts';
import { heatMap, heatMapLead } from './heat-map.ts';
import { htmlPage, notesMarkup } from './html-page.ts';
import { escapeText, table } from './markup.ts';
import { formatValue } from './number-format.ts';
import { podLives } from './pod-lives.ts';
import type { ReportCase, ReportData } from './report-data.ts';
import { runsTable } from './runs-table.ts';
import { sweepCharts } from './sweep-chart.ts';
import { curvesChart, timeChart } from './time-chart.ts';

/** Characters of a page that is still sent and opened with ease; most are one byte. */
const MOST_CHARACTERS = 4_200_000;

/** Objectives that are shown without being asked for. */
const MOST_OBJECTIVES = 8;

/** The text of report.html. A study of very many cases leaves out pictures, and says so, to stay under 5 MB. */
export function reportPage(data: ReportData): string {
  const full = pageOf(data);
  if (full.length <= MOST_CHARACTERS) return full;
  const withoutMaps = pageOf(thinned(data, 'Heat maps and single Pods', { heatMaps: [], lives: undefined }));
  if (withoutMaps.length <= MOST_CHARACTERS) return withoutMaps;
  const left = { heatMaps: [], lives: undefined, gauges: [], curves: [], distributions: [] };
  return pageOf(thinned(data, 'All charts but the differences', left));
}

function thinned(data: ReportData, what: string, without: Partial<ReportCase>): ReportData {
  const note = `${what} are left out of this page: ${data.cases.length} cases would make it too large. The tables of the run folder have all of it.`;
  return { ...data, notes: [...data.notes, note], cases: data.cases.map((each) => ({ ...each, ...without })) };
}

function pageOf(data: ReportData): string {
  const compared = data.cases.map(({ metrics }) => metrics.map((metric) => compareMetric(metric, data.policies)));
  const sweep = sweepSection(data, compared);
  return htmlPage({
    title: data.title,
    description: data.description,
    meta: meta(data),
    navigation: navigation(data, sweep !== ''),
    policies: data.policies.length,
    main: [
      answerSection(data, compared),
      toggles(data.policies),
      sweep,
      ...data.cases.map((each, index) => caseSection(data, each, compared[index] as ComparedMetric[], index)),
      runsSection(data),
    ].join('\n'),
    footer: `Made by Kube Clockwork from the files of the run folder. Times are virtual: what the modelled cluster would take. Study digest <code>${escapeText(data.studyDigest)}</code>.`,
  });
}

function meta({ policies, runsPerPolicy, seed, cases }: ReportData): string {
  const parts = [
    `${policies.length === 1 ? 'Policy' : 'Policies'} ${policies.join(', ')}`,
    runsPerPolicy === 1 ? 'one run each' : `${runsPerPolicy} runs each on the same workloads`,
    ...(cases.length > 1 ? [`${cases.length} cases`] : []),
    `seed ${seed}`,
  ];
  return parts.join(' · ');
}

function navigation({ cases }: ReportData, hasSweep: boolean): [id: string, text: string][] {
  return [
    ['answer', 'Answer'],
    ...(hasSweep ? ([['sweep', 'Over the factor']] as [string, string][]) : []),
    ...cases.map(({ title }, index): [string, string] => [`case${index}`, title === '' ? 'Evidence' : title]),
    ['runs', 'Runs'],
  ];
}

function answerSection(data: ReportData, compared: readonly ComparedMetric[][]): string {
  const failures = data.runs.filter(({ error }) => error !== undefined);
  const failed =
    failures.length === 0
      ? ''
      : `<p class="note"><strong>${failures.length} of ${data.runs.length} runs failed</strong> and are left out of every number; the table of runs says why.</p>`;
  const notes = notesMarkup(data.notes);
  const answers = data.cases.map(
    ({ title }, index) =>
      `${title === '' ? '' : `<h3>${escapeText(title)}</h3>`}${answer(data, compared[index] as ComparedMetric[])}`,
  );
  const how =
    data.policies.length < 2
      ? ''
      : '<p class="soft">Each run of every policy saw the same workload, so differences are taken run by run (paired t test). Better and worse mean p ≤ 0.05 after Holm’s correction for the number of pairs of policies, metric by metric; intervals are 95 %.</p>';
  return `<section id="answer" class="answer" aria-label="Answer" tabindex="-1"><h2>${escapeText(question(data))}</h2>${objectives(data)}${answers.join('')}${how}</section>${failed}${notes}`;
}

/** Whether what the study had to meet was met, the missed ones first. */
function objectives({ objectives: all = [], policies }: ReportData): string {
  if (all.length === 0) return '';
  const missed = all.filter(({ met }) => !met);
  const items = [...missed, ...all.filter(({ met }) => met)].map(({ policy, case: where, asked, kept, met }) => {
    const mark = `<span class="mark ${met ? 'better' : 'worse'}" aria-hidden="true">${met ? '✓' : '✗'}</span>`;
    const place = where === '' ? '' : ` (${escapeText(where)})`;
    const name = `<span class="policy p${policies.indexOf(policy)}">${escapeText(policy)}</span>`;
    return `<li>${mark} ${met ? 'met' : '<strong>missed</strong>'} by ${name}${place}: ${escapeText(asked)}, ${escapeText(kept)}</li>`;
  });
  const shown = items.slice(0, MOST_OBJECTIVES).join('');
  const rest = items.slice(MOST_OBJECTIVES);
  const more =
    rest.length === 0 ? '' : disclosure(`${rest.length} more`, `<ul class="sentences">${rest.join('')}</ul>`);
  return `<p class="verdict"><strong>${objectivesHead(missed.length, all.length)}</strong></p><ul class="sentences">${shown}</ul>${more}`;
}

function objectivesHead(missed: number, all: number): string {
  if (all === 1) return missed === 0 ? 'The objective is met.' : 'The objective is missed.';
  return missed === 0
    ? `All ${all} objectives are met.`
    : `Of ${all} objectives ${missed} ${missed === 1 ? 'is' : 'are'} missed.`;
}

/** What the values of the factor change, before each of them is looked at alone. */
function sweepSection({ cases, policies }: ReportData, compared: readonly ComparedMetric[][]): string {
  const charts = sweepCharts(cases, compared, policies);
  if (charts.length === 0) return '';
  const lead = 'Mean of the runs at each value, with its 95 % interval (cut where it is wider than the chart).';
  return `<section id="sweep" aria-label="Over the factor"><h2>Over the factor</h2><p class="soft">${lead}</p><div class="figures">${charts.join('')}</div></section>`;
}

function toggles(policies: readonly string[]): string {
  if (policies.length < 2) return '';
  const boxes = policies.map(
    (policy, index) =>
      `<label class="p${index} toggle"><input type="checkbox" id="show${index}" checked> <span class="policy">${escapeText(policy)}</span></label>`,
  );
  return `<fieldset><legend>Policies shown</legend>${boxes.join('')}</fieldset>`;
}

function caseSection(data: ReportData, each: ReportCase, compared: readonly ComparedMetric[], index: number): string {
  const { policies } = data;
  const main = compared.filter(({ metric }) => metric.main);
  const rest = compared.filter(({ metric }) => !metric.main);
  const pairs = policies.length < 2 ? '' : pairsTable(compared);
  const more =
    disclosure('More metrics', rest.length === 0 ? '' : comparisonTable('More metrics', rest, policies)) +
    disclosure('Every pair of policies, with p-values before and after correction', pairs);
  const parts = [
    group(
      policies.length < 2 ? 'Metrics' : 'Policies side by side',
      `${comparisonTable(data.runsPerPolicy < 2 ? 'Of the only run' : 'Mean of runs [95 % interval]', main, policies)}${more}`,
    ),
    ...differences(each, main, policies),
    ...gaugeGroups(each, policies),
    flatGauges(each),
    nodes(each, policies),
    figures('Pods', each.lives === undefined ? [] : [podLives(each.lives, policies)]),
    unplaced(each, policies),
  ];
  const heading = each.title === '' ? 'Evidence' : each.title;
  return `<section id="case${index}" aria-label="${escapeText(heading)}"><h2>${escapeText(heading)}</h2>${parts.join('')}</section>`;
}

/** Differences beside latencies, and what became of GPUs below; without latencies it stands beside the differences itself. */
function differences(each: ReportCase, main: readonly ComparedMetric[], policies: readonly string[]): string[] {
  const difference = differenceChart(main, policies);
  const latencies = each.distributions.filter(hasSamples);
  const curves = each.curves.filter(hasSamples);
  const gpus = curves.map((one) => curvesChart(one, policies));
  if (latencies.length === 0) {
    return [figures(gpus.length === 0 ? 'Differences' : 'Fragmentation of GPUs', [difference, ...gpus], lines(curves))];
  }
  const drawn = latencies.map((one) => distributionChart(one, policies));
  return [
    figures(difference === '' ? 'Latency' : 'Differences and latency', [difference, ...drawn], lines(latencies)),
    figures('Fragmentation of GPUs', gpus, lines(curves)),
  ];
}

/** One part of the page for each group of gauges. */
function gaugeGroups({ gauges }: ReportCase, policies: readonly string[]): string[] {
  const drawn = gauges.filter(hasSamples);
  return [...new Set(drawn.map(({ group: title }) => title))].map((title) => {
    const own = drawn.filter((gauge) => gauge.group === title);
    return figures(
      title,
      own.map((gauge) => timeChart(gauge, policies)),
      lines(own),
    );
  });
}

function flatGauges({ flat }: ReportCase): string {
  return flat.length === 0
    ? ''
    : `<p class="soft">0 at every instant, and so not drawn: ${escapeText(flat.join(', '))}.</p>`;
}

/** How to read the lines of a part, said once above it. */
function lines(drawn: readonly { readonly policies: readonly ({ readonly runs: number } | undefined)[] }[]): string {
  const runs = Math.max(0, ...drawn.flatMap(({ policies }) => policies.map((one) => one?.runs ?? 0)));
  return runs < 2 ? '' : `A line is the median of ${runs} runs, its band goes from the lowest to the highest.`;
}

function disclosure(title: string, content: string): string {
  return content === '' ? '' : `<details><summary>${escapeText(title)}</summary>${content}</details>`;
}

function hasSamples({ policies }: { readonly policies: readonly unknown[] }): boolean {
  return policies.some((one) => one !== undefined);
}

function group(title: string, content: string): string {
  return content === '' ? '' : `\n<h3>${escapeText(title)}</h3>${content}`;
}

function figures(title: string, charts: readonly string[], lead = ''): string {
  const drawn = charts.filter((chart) => chart !== '');
  const before = lead === '' ? '' : `<p class="soft">${escapeText(lead)}</p>`;
  return drawn.length === 0 ? '' : group(title, `${before}<div class="figures">${drawn.join('')}</div>`);
}

/** One row of pictures for each resource, policies side by side. */
function nodes({ heatMaps }: ReportCase, policies: readonly string[]): string {
  const titles = [...new Set(heatMaps.map(({ title }) => title))];
  const rows = titles.map((title) => {
    const maps = heatMaps.filter((map) => map.title === title);
    return figures(
      title,
      maps.map((map) => heatMap(map, policies.indexOf(map.policy))),
      heatMapLead(maps),
    );
  });
  return rows.join('');
}

function unplaced({ unplaced: reasons }: ReportCase, policies: readonly string[]): string {
  if (reasons.length === 0) return '';
  const rows = reasons.map(({ policy, run, pods, reason }) => ({
    class: `p${policies.indexOf(policy)}`,
    cells: [policy, String(run), { html: formatValue(pods, ''), sort: pods }, reason],
  }));
  const columns = [
    { title: 'policy' },
    { title: 'run', numeric: true },
    { title: 'Pods', numeric: true },
    { title: 'the scheduler’s words' },
  ];
  return group('Pods that were not placed', table('Pods without a Node at the end, by reason', columns, rows));
}

function runsSection(data: ReportData): string {
  return `<section id="runs" class="tall" aria-label="Runs"><h2>Runs</h2><p>Run the commands in this folder. <code>clockwork verify DIR</code> repeats all runs and stops at the first event that differs.</p>${runsTable(data)}</section>`;
}
