/** The capacity frontier of a plan: the objective at each size that was tried, and where it begins to hold. */
import { axes, figure, linearAxis, svg, X_RANGE, Y_RANGE } from './chart-frame.ts';
import { coordinate, table } from './markup.ts';
import { formatValue } from './number-format.ts';
import type { CapacityPlan, PlanCandidate } from './report-data.ts';

export function frontierChart(plan: CapacityPlan): string {
  const candidates = [...plan.candidates].sort((a, b) => a.size - b.size);
  const sizes = candidates.map(({ size }) => size);
  const highest = candidates.reduce((top, one) => Math.max(top, one.high, one.score), plan.objective?.limit ?? 0);
  const x = linearAxis({
    title: plan.sizeTitle,
    unit: plan.sizeUnit,
    domain: [Math.min(...sizes), Math.max(...sizes)],
    range: X_RANGE,
  });
  const y = linearAxis({ title: plan.scoreTitle, unit: plan.scoreUnit, domain: [0, highest * 1.05], range: Y_RANGE });
  const points = candidates.map((one) => {
    const [px, py] = [coordinate(x.position(one.size)), coordinate(y.position(one.score))];
    const span = `M${px} ${coordinate(y.position(one.low))}V${coordinate(y.position(one.high))}`;
    const chosen = one.chosen ? `<circle class="chosen" cx="${px}" cy="${py}" r="9"/>` : '';
    return `<path class="whisker" d="${span}"/><circle class="${one.meets ? 'dot' : 'ring'}" cx="${px}" cy="${py}" r="4.5"/>${chosen}`;
  });
  const { objective } = plan;
  const limit =
    objective === undefined
      ? ''
      : `<path class="limit" d="M${X_RANGE[0]} ${coordinate(y.position(objective.limit))}H${X_RANGE[1]}"/>` +
        `<text class="tick" x="${X_RANGE[1]}" y="${coordinate(y.position(objective.limit) - 5)}" text-anchor="end">objective: ${objective.better === 'lower' ? 'at most' : 'at least'} ${formatValue(objective.limit, plan.scoreUnit)}</text>`;
  return figure({
    title: 'Capacity frontier',
    chart: svg(
      `${plan.scoreTitle} over ${plan.sizeTitle}. ${plan.answer}`,
      `${axes(x, y)}<g class="p0">${limit}${points.join('')}</g>`,
    ),
    caption: 'Filled: meets all objectives; hollow: does not; circled: the answer. Lines are 95 % intervals over runs.',
    numbers: candidateTable(plan, candidates),
  });
}

function candidateTable(plan: CapacityPlan, candidates: readonly PlanCandidate[]): string {
  return table(
    'Sizes that were tried',
    [
      { title: 'cluster' },
      { title: plan.sizeTitle, numeric: true },
      { title: plan.scoreTitle, numeric: true },
      { title: '95 % interval', numeric: true },
      { title: 'objectives' },
    ],
    candidates.map((one) => ({
      cells: [
        one.chosen ? `${one.label} (the answer)` : one.label,
        formatValue(one.size, plan.sizeUnit),
        formatValue(one.score, plan.scoreUnit),
        `[${formatValue(one.low, plan.scoreUnit)}, ${formatValue(one.high, plan.scoreUnit)}]`,
        one.meets ? 'met' : 'missed',
      ],
    })),
  );
}
