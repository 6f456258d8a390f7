/** Every run with its seed, its digest and the command that repeats it. */
import { escapeText, table, type TableCell } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { ReportData, ReportRun } from './report-data.ts';

export function runsTable({ runs, policies }: ReportData): string {
  const hasFactors = runs.some(({ factors }) => factors !== '');
  const columns = [
    { title: 'policy' },
    ...(hasFactors ? [{ title: 'case' }] : []),
    { title: 'run', numeric: true },
    { title: 'seed' },
    { title: 'digest' },
    { title: 'ended' },
    { title: 'events', numeric: true },
    { title: 'virtual time', numeric: true },
    { title: 'repeat it' },
  ];
  const rows = runs.map((run) => ({
    class: `p${policies.indexOf(run.policy)}`,
    cells: [
      run.policy,
      ...(hasFactors ? [run.factors] : []),
      { html: String(run.run), sort: run.run },
      run.seed,
      { html: `<code>${escapeText(run.digest === '' ? '–' : run.digest)}</code>` },
      endedOf(run),
      { html: formatValue(run.events, ''), sort: run.events },
      { html: formatValue(run.virtualMicros, 'µs'), sort: run.virtualMicros },
      { html: `<code>${escapeText(run.command)}</code>` },
    ] satisfies TableCell[],
  }));
  return table('Runs', columns, rows);
}

function endedOf({ stopped, error }: ReportRun): string {
  return error === undefined ? stopped : `failed: ${error}`;
}
