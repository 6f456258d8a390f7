/** The life of single Pods: how long each waited for a Node and then for its containers, the same Pods under each policy. */
import { type Axis, figure, linearAxis, spaced, svg, WIDTH, X_RANGE } from './chart-frame.ts';
import { coordinate, escapeText, table } from './markup.ts';
import { formatTick, formatValue } from './number-format.ts';
import type { PodLife, PodLives, PodTimes } from './report-data.ts';

const ROW = 18;
const TITLE = 19;
const TOP = 10;
/** Room for the names of policies. */
const LEFT = 96;

export function podLives(lives: PodLives, policies: readonly string[]): string {
  const times = lives.pods.flatMap((life) => life.policies).filter((one): one is PodTimes => one !== undefined);
  const longest = times.reduce((most, one) => Math.max(most, startMicros(one) ?? 0), 1);
  const x = linearAxis({
    title: 'time since the Pod was created',
    unit: 'µs',
    domain: [0, longest],
    range: [LEFT, X_RANGE[1]],
  });
  const blockHeight = TITLE + ROW * policies.length + 6;
  const height = TOP + blockHeight * lives.pods.length + 46;
  const rows = lives.pods.map((life, index) => block(life, policies, x, TOP + index * blockHeight));
  return figure({
    title: 'The life of single Pods',
    chart: lifeKey() + svg(describe(lives, policies), ticks(x, height) + rows.join(''), height),
    caption:
      `Run ${lives.run}: Pods chosen by their start-up latency under ${policies[0] ?? ''}, and the same Pods under the other policies. ` +
      'The table has every instant.',
    numbers: numbersTable(lives, policies),
  });
}

function startMicros({ createdMicros, runningMicros, scheduledMicros }: PodTimes): number | undefined {
  const end = runningMicros ?? scheduledMicros;
  return end === undefined ? undefined : end - createdMicros;
}

function lifeKey(): string {
  return '<ul class="legend"><li><span class="box wait"></span>waits for a Node</li><li><span class="box start"></span>starts on it</li><li><span class="box run"></span>runs</li></ul>';
}

function ticks(x: Axis, height: number): string {
  const bottom = height - 42;
  const marks = spaced(x).map((tick) => {
    const at = coordinate(x.position(tick));
    return `<path class="grid" d="M${at} ${TOP}V${bottom}"/><text class="tick" x="${at}" y="${bottom + 16}" text-anchor="middle">${formatTick(tick, 'µs', x.ticks[x.ticks.length - 1] ?? tick)}</text>`;
  });
  return `<g aria-hidden="true">${marks.join('')}<text class="title" x="${X_RANGE[1]}" y="${bottom + 34}" text-anchor="end">${escapeText(x.title)}</text></g>`;
}

function block(life: PodLife, policies: readonly string[], x: Axis, top: number): string {
  const title = `<text class="title over" x="4" y="${top + 12}">${escapeText(shortened(life.pod))} <tspan class="tick">· ${escapeText(life.chosen)}</tspan></text>`;
  const bars = policies.map((policy, index) => {
    const y = top + TITLE + index * ROW;
    const name = `<text class="tick" x="${LEFT - 6}" y="${y + 10}" text-anchor="end">${escapeText(policy.length > 12 ? `${policy.slice(0, 11)}…` : policy)}</text>`;
    const one = life.policies[index];
    return `<g class="p${index}">${name}${one === undefined ? '' : bar(one, x, y)}</g>`;
  });
  return title + bars.join('');
}

function shortened(pod: string): string {
  return pod.length > 44 ? `…${pod.slice(-43)}` : pod;
}

function bar(one: PodTimes, x: Axis, y: number): string {
  const left = x.position(0);
  const at = (micros: number): number => Math.max(left, x.position(micros - one.createdMicros));
  const rect = (name: string, from: number, to: number): string =>
    `<rect class="${name}" x="${coordinate(from)}" y="${y + 1}" width="${coordinate(Math.max(to - from, 1))}" height="${ROW - 6}"/>`;
  const end = WIDTH - 8;
  if (one.scheduledMicros === undefined) {
    return `${rect('wait', left, end)}<text class="on" x="${left + 6}" y="${y + 10}">${one.runningMicros === undefined ? 'never placed' : ''}</text>`;
  }
  const scheduled = at(one.scheduledMicros);
  if (one.runningMicros === undefined) return rect('wait', left, scheduled) + rect('start', scheduled, end);
  const running = at(one.runningMicros);
  return rect('wait', left, scheduled) + rect('start', scheduled, running) + rect('run', running, end);
}

function describe(lives: PodLives, policies: readonly string[]): string {
  const words = lives.pods.map((life) => {
    const each = policies.map((policy, index) => `${policy} ${waitText(life.policies[index])}`);
    return `${life.pod} (${life.chosen}): ${each.join(', ')}`;
  });
  return `Time from creation to running. ${words.join('. ')}.`;
}

function waitText(one: PodTimes | undefined): string {
  if (one === undefined) return 'not there';
  if (one.runningMicros === undefined) return one.scheduledMicros === undefined ? 'never placed' : 'never ran';
  return formatValue(one.runningMicros - one.createdMicros, 'µs');
}

function numbersTable(lives: PodLives, policies: readonly string[]): string {
  const columns = [
    { title: 'Pod' },
    { title: 'chosen as' },
    { title: 'policy' },
    ...['created', 'scheduled after', 'running after', 'deleted after', 'attempts'].map((title) => ({
      title,
      numeric: true,
    })),
    { title: 'Node' },
  ];
  const rows = lives.pods.flatMap(({ pod, chosen, policies: times }) =>
    policies.flatMap((policy, index) => {
      const one = times[index];
      if (one === undefined) return [];
      const since = (at: number | undefined): string =>
        at === undefined ? '–' : formatValue(at - one.createdMicros, 'µs');
      return [
        {
          class: `p${index}`,
          cells: [
            pod,
            chosen,
            policy,
            formatValue(one.createdMicros, 'µs'),
            since(one.scheduledMicros),
            since(one.runningMicros),
            since(one.deletedMicros),
            formatValue(one.attempts, ''),
            one.node === '' ? '–' : one.node,
          ],
        },
      ];
    }),
  );
  return table('Instants of the chosen Pods', columns, rows);
}
