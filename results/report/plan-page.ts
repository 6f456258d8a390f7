/** The report of a capacity plan as one HTML file: the question and the answer, the frontier, and everything that was tried. */
import { frontierChart } from './frontier-chart.ts';
import { htmlPage, notesMarkup } from './html-page.ts';
import { escapeText, table } from './markup.ts';
import { formatBare, formatValue } from './number-format.ts';
import type { PlanReport } from './plan-report.ts';

/** The text of report.html of a plan. Equal data give equal bytes. */
export function planPage(report: PlanReport): string {
  const { title, description, meta, digest, misses, frontier } = report;
  return htmlPage({
    title,
    description,
    meta,
    navigation: [
      ['answer', 'Answer'],
      ...(frontier === undefined ? [] : [['frontier', 'Capacity'] as const]),
      ...(misses.length === 0 ? [] : [['misses', report.missesTitle] as const]),
      ...(report.nodes.length === 0 ? [] : [['nodes', 'Nodes'] as const]),
      ['tries', 'Tries'],
    ],
    policies: 1,
    main: [
      answer(report),
      notesMarkup(report.notes),
      capacity(report),
      less(report),
      nodes(report),
      tries(report),
    ].join('\n'),
    footer: `Made by Kube Clockwork from the files of the plan’s folder. Plan digest <code>${escapeText(digest)}</code>.`,
  });
}

function answer({ question, answer: sentence, details }: PlanReport): string {
  const items = details.map((detail) => `<li>${escapeText(detail)}</li>`);
  const list = items.length === 0 ? '' : `<ul class="sentences">${items.join('')}</ul>`;
  return `<section id="answer" class="answer" aria-label="Answer" tabindex="-1"><h2>${escapeText(question)}</h2><p class="verdict"><strong>${escapeText(sentence)}</strong></p>${list}</section>`;
}

function capacity({ frontier, answer: sentence }: PlanReport): string {
  if (frontier === undefined) return '';
  return `<section id="frontier" aria-label="Capacity"><h2>Capacity</h2><div class="figures one">${frontierChart(frontier, sentence)}</div></section>`;
}

function less({ misses, missesTitle }: PlanReport): string {
  if (misses.length === 0) return '';
  const items = misses.map(({ what, why }) => `<li><strong>${escapeText(what)}</strong>: ${escapeText(why)}</li>`);
  return `<section id="misses" aria-label="${escapeText(missesTitle)}"><h2>${escapeText(missesTitle)}</h2><ul class="sentences">${items.join('')}</ul></section>`;
}

function nodes({ nodes: kinds }: PlanReport): string {
  if (kinds.length === 0) return '';
  const rows = kinds.map(({ count, offers }) => ({ cells: [offers, { html: formatValue(count, ''), sort: count }] }));
  const columns = [{ title: 'each offers' }, { title: 'Nodes', numeric: true }];
  return `<section id="nodes" aria-label="Nodes of the answer"><h2>Nodes of the answer</h2>${table('Nodes by what they offer to Pods', columns, rows)}</section>`;
}

function tries({ tries: all, moreTries, sizeTitle, sizeUnit }: PlanReport): string {
  const columns = [
    { title: 'candidate' },
    { title: sizeTitle, numeric: true },
    { title: 'objectives' },
    { title: 'runs met', numeric: true },
    { title: 'requested' },
    { title: 'why not', class: 'words' },
    { title: 'look again' },
  ];
  const rows = all.map((one) => ({
    cells: [
      one.chosen ? `${one.what} (the answer)` : one.what,
      { html: formatBare(one.size, sizeUnit), sort: one.size },
      one.meets ? 'met' : 'missed',
      { html: `${one.runsMet} of ${one.runs}`, sort: one.runsMet / Math.max(1, one.runs) },
      one.requested,
      one.why,
      one.command === '' ? '' : { html: `<code>${escapeText(one.command)}</code>` },
    ],
  }));
  const more = moreTries === 0 ? '' : ` ${moreTries} more are in tries.csv.`;
  return `<section id="tries" class="tall" aria-label="Tries"><h2>Tries</h2><p>Everything that was simulated, in order.${more} Run the commands in this folder; <code>clockwork verify DIR</code> answers the plan again and compares every byte.</p>${table('Tries', columns, rows, { stacked: true })}</section>`;
}
