/**
 * Why a Pod fits nowhere, as users read it: counts of Nodes by reason, sorted as text.
 * Source: pkg/scheduler/framework/types.go FitError, Diagnosis.
 */
import type { NodeVerdicts } from './node-verdicts.ts';
import { isRejection, messageOf, type Status } from './status.ts';

export class FitError {
  readonly allNodes: number;
  readonly verdicts: NodeVerdicts;
  /** The rejection by a PreFilter plugin, before any Node was looked at. */
  readonly preFilter: Status | undefined;
  /** Plugins that rejected the Pod or a Node for it; events are judged by their hints. */
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;

  /** @param narrowing plugins whose PreFilter narrowed the Nodes */
  constructor(allNodes: number, verdicts: NodeVerdicts, preFilter: Status | undefined, narrowing: Iterable<string>) {
    this.allNodes = allNodes;
    this.verdicts = verdicts;
    this.preFilter = preFilter;
    const unschedulablePlugins = new Set(narrowing);
    const pendingPlugins = new Set<string>();
    const note = ({ plugin, code }: Status): void => {
      if (plugin !== '') (code === 'Pending' ? pendingPlugins : unschedulablePlugins).add(plugin);
    };
    if (preFilter !== undefined) note(preFilter);
    for (const [, status] of verdicts.entries()) if (isRejection(status)) note(status);
    this.unschedulablePlugins = unschedulablePlugins;
    this.pendingPlugins = pendingPlugins;
  }

  /** Counts of Nodes by reason; a Node counts once for each of its reasons. */
  reasons(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const count = (reason: string, nodes: number): void => {
      counts.set(reason, (counts.get(reason) ?? 0) + nodes);
    };
    const { verdicts } = this;
    for (const [, status] of verdicts.entries()) for (const reason of status.reasons) count(reason, 1);
    const absent = this.allNodes - verdicts.size;
    if (absent > 0) for (const reason of verdicts.absent.reasons) count(reason, absent);
    return counts;
  }

  /** "0/3 nodes are available: …", with what PostFilter had to say at the end. */
  message(postFilter = ''): string {
    let text = `0/${this.allNodes} nodes are available:`;
    const preFilterMessage = messageOf(this.preFilter);
    if (preFilterMessage !== '') text += ` ${preFilterMessage}.`;
    else {
      const parts = [...this.reasons()].map(([reason, nodes]) => `${nodes} ${reason}`).sort();
      if (parts.length > 0) text += ` ${parts.join(', ')}.`;
    }
    return postFilter === '' ? text : `${text} ${postFilter}`;
  }
}
