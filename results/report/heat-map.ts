/**
 * Node × time: how full Nodes are, one row for a group of neighbouring Nodes, one column for a span of time. Cells of one
 * colour are one path, so that the picture stays small; a row of figures under it says the same in words.
 */
import { figure, svg, WIDTH } from './chart-frame.ts';
import { coordinate, escapeText, table } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { HeatMap, HeatRow } from './report-data.ts';

/** Colours of style.ts: h0 (empty) … h10 (full). */
const STEPS = 10;
const LEFT = 8;
const TOP = 22;
const PLOT_HEIGHT = 200;
const PLOT_WIDTH = WIDTH - 2 * LEFT;
/** Rows of the table of numbers; neighbouring rows are put together. */
const TABLE_ROWS = 12;

/** `index` is the position of the map's policy. */
export function heatMap(map: HeatMap, index: number): string {
  const { rows, policy, title, run } = map;
  const spans = rows[0]?.shares.length ?? 0;
  const content = axisText(map, spans) + cells(rows, spans) + key();
  const ends = rows.map((row) => row.shares[spans - 1] ?? 0);
  const mean = formatValue(average(rows.flatMap((row) => row.shares)), 'fraction');
  const [emptiest, fullest] = [Math.min(...ends), Math.max(...ends)];
  const words =
    `Mean ${mean}; at the end the emptiest row is at ${formatValue(emptiest, 'fraction')}, ` +
    `the fullest at ${formatValue(fullest, 'fraction')}.`;
  return figure({
    title: policy,
    chart: svg(`Heat map of ${title}, policy ${policy}, run ${run}. ${words}`, content, TOP + PLOT_HEIGHT + 64),
    caption: words,
    numbers: numbersTable(map, spans),
    class: `p${index}`,
  });
}

/** How to read the maps of one resource, said once above them. */
export function heatMapLead(maps: readonly HeatMap[]): string {
  const grouped = maps.some(({ rows }) => rows.some(({ label }) => label.includes('…')));
  const row = grouped ? 'a group of neighbouring Nodes' : 'a Node';
  return `Share of what ${grouped ? 'the Nodes' : 'the Node'} can give, in run ${maps[0]?.run ?? 0}. A row is ${row}, the first on top.`;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function stepOf(share: number): number {
  return share <= 0 ? 0 : Math.min(STEPS, Math.max(1, Math.ceil(share * STEPS - 1e-9)));
}

/** Neighbouring cells of one colour in a row are one rectangle. */
function cells(rows: readonly HeatRow[], spans: number): string {
  const paths: string[][] = Array.from({ length: STEPS + 1 }, () => []);
  const height = PLOT_HEIGHT / Math.max(rows.length, 1);
  const width = PLOT_WIDTH / Math.max(spans, 1);
  rows.forEach(({ shares }, index) => {
    const y = coordinate(TOP + index * height);
    for (let start = 0; start < spans; ) {
      const step = stepOf(shares[start] as number);
      let end = start + 1;
      while (end < spans && stepOf(shares[end] as number) === step) end++;
      const length = coordinate((end - start) * width);
      (paths[step] as string[]).push(
        `M${coordinate(LEFT + start * width)} ${y}h${length}v${coordinate(height + 0.15)}h-${length}z`,
      );
      start = end;
    }
  });
  return paths.map((path, step) => (path.length === 0 ? '' : `<path class="h${step}" d="${path.join('')}"/>`)).join('');
}

function axisText(map: HeatMap, spans: number): string {
  const bottom = TOP + PLOT_HEIGHT + 16;
  const first = map.rows[0]?.label ?? '';
  const times =
    spans > 1
      ? `<text class="tick" x="${LEFT}" y="${bottom}">${formatValue(map.startMicros, 'µs')}</text>` +
        `<text class="tick" x="${WIDTH / 2}" y="${bottom}" text-anchor="middle">virtual time →</text>` +
        `<text class="tick" x="${WIDTH - LEFT}" y="${bottom}" text-anchor="end">${formatValue(map.endMicros, 'µs')}</text>`
      : `<text class="tick" x="${LEFT}" y="${bottom}">at the end of the run</text>`;
  return `<g aria-hidden="true"><text class="tick" x="${LEFT}" y="15">Nodes ↓ ${escapeText(first)}</text>${times}</g>`;
}

function key(): string {
  const top = TOP + PLOT_HEIGHT + 28;
  const width = 24;
  const start = WIDTH - LEFT - width * (STEPS + 1);
  const boxes = Array.from(
    { length: STEPS + 1 },
    (_, step) => `<rect class="h${step}" x="${start + step * width}" y="${top}" width="${width}" height="10"/>`,
  );
  const label = (x: number, text: string, anchor: string): string =>
    `<text class="tick" x="${x}" y="${top + 26}" text-anchor="${anchor}">${text}</text>`;
  return `<g aria-hidden="true">${boxes.join('')}${label(start, 'empty', 'start')}${label(start + 6 * width, '50 %', 'middle')}${label(WIDTH - LEFT, 'full', 'end')}</g>`;
}

function numbersTable(map: HeatMap, spans: number): string {
  const per = Math.max(1, Math.ceil(map.rows.length / TABLE_ROWS));
  const groups = Array.from({ length: Math.ceil(map.rows.length / per) }, (_, i) =>
    map.rows.slice(i * per, (i + 1) * per),
  );
  const percent = (value: number): string => formatValue(value, 'fraction');
  return table(
    `${map.title}, ${map.policy}, by Nodes`,
    [{ title: 'Nodes' }, ...['mean', 'highest', 'at the end'].map((title) => ({ title, numeric: true }))],
    groups.map((rows) => ({
      cells: [
        labelOf(rows),
        percent(average(rows.flatMap(({ shares }) => shares))),
        percent(Math.max(...rows.flatMap(({ shares }) => shares))),
        percent(average(rows.map(({ shares }) => shares[spans - 1] ?? 0))),
      ],
    })),
  );
}

function labelOf(rows: readonly HeatRow[]): string {
  const first = (rows[0] as HeatRow).label.split(' … ')[0] as string;
  const last = (rows[rows.length - 1] as HeatRow).label.split(' … ').pop() as string;
  return first === last ? first : `${first} … ${last}`;
}
