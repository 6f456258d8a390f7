/**
 * The text of `explain POD`: where the Pod could go now, what every plugin says of every Node, and each score.
 */
import type { NodeExplanation, PluginVerdict, PodExplanation } from '../../models/index.ts';

/** Nodes shown; in a greater cluster the best come first and the rest is counted. */
const SHOWN_NODES = 20;

function refusals({ filters, other }: NodeExplanation): PluginVerdict[] {
  const refused = filters.filter(({ verdict }) => verdict !== 'Success' && verdict !== 'Skip');
  return other === undefined ? refused : [...refused, other];
}

function refusalText({ plugin, reasons = [] }: PluginVerdict): string {
  return `${plugin}: ${reasons.join(', ')}`;
}

function nodeText(node: NodeExplanation, width: number): string {
  const name = node.node.padEnd(width);
  if (!node.feasible) return `  ${name}  no     ${refusals(node).map(refusalText).join('; ')}`;
  if (node.scores === undefined) return `  ${name}  yes`;
  const scores = node.scores.map(({ plugin, normalized, weight }) => `${plugin} ${normalized}x${weight}`);
  return `  ${name}  ${String(node.total).padEnd(5)}  ${scores.join(', ')}`;
}

/** The best first, then by order of the Nodes; those that are not feasible last. */
function ranked(nodes: readonly NodeExplanation[]): NodeExplanation[] {
  return [...nodes].sort((a, b) => Number(b.feasible) - Number(a.feasible) || (b.total ?? 0) - (a.total ?? 0));
}

export function explanationLines(explanation: PodExplanation): string[] {
  const { nodes, best, preFilter, message, scoreError, schedulerName } = explanation;
  const feasible = nodes.filter((node) => node.feasible).length;
  const lines = [`now, by profile ${schedulerName}: ${feasible} of ${nodes.length} Nodes feasible`];
  if (preFilter !== undefined) lines.push(`  rejected before any Node: ${refusalText(preFilter)}`);
  if (message !== undefined) lines.push(`  ${message}`);
  if (scoreError !== undefined) lines.push(`  not scored: ${scoreError}`);
  if (best.length > 0) lines.push(`  best: ${best.slice(0, SHOWN_NODES).join(', ')}`);
  const shown = ranked(nodes).slice(0, SHOWN_NODES);
  const width = shown.reduce((most, { node }) => Math.max(most, node.length), 0);
  for (const node of shown) lines.push(nodeText(node, width));
  if (nodes.length > shown.length) lines.push(`  and ${nodes.length - shown.length} more Nodes; -o json shows all`);
  return lines;
}
