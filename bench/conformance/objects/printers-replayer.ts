/** Replays recorded tables: cells of the API server, and the text that kubectl makes of them. */
import type { KubeObject } from '../../../models/objects/meta.ts';
import type { Pod } from '../../../models/objects/pod.ts';
import { podRowConditions } from '../../../models/objects/printers/pod-printer.ts';
import { printerOf } from '../../../models/objects/printers/printers.ts';
import { tableText, type TextOptions } from '../../../models/objects/printers/text-table.ts';
import { timestampToSeconds } from '../../../models/objects/timestamp.ts';
import type { Replayer } from '../recording.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface PrinterInput {
  readonly columnsOf?: string;
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly now?: string;
  readonly objects?: readonly KubeObject[];
  readonly labelColumns?: readonly string[];
}

const CLUSTER_SCOPED = new Set(['Node', 'Namespace', 'PersistentVolume', 'PriorityClass', 'StorageClass']);

/** The texts that a recording has, each under its name. */
const TEXTS: Readonly<Record<string, TextOptions>> = {
  text: {},
  wide: { wide: true },
  allNamespaces: { withNamespace: true },
  showLabels: { showLabels: true, noHeaders: true },
  withKind: { withKind: true },
};

function run(input: PrinterInput, recorded: Record<string, unknown>): unknown {
  if (input.columnsOf !== undefined) return printerOf(input.columnsOf).columns;
  const { kind = '', apiVersion = '', objects = [], labelColumns } = input;
  const now = timestampToSeconds(input.now ?? '');
  const whole = objects.map((object) => ({ ...object, kind, apiVersion }));
  const result: Record<string, unknown> = { rows: whole.map((object) => printerOf(kind).row(object, now)) };
  if ('rowConditions' in recorded) result['rowConditions'] = whole.map((pod) => podRowConditions(pod as Pod) ?? null);
  for (const [name, options] of Object.entries(TEXTS)) {
    if (name in recorded) result[name] = tableText(whole, now, { ...options, labelColumns });
  }
  // Cluster-scoped kinds have no namespace to show; the recording says to ignore it.
  if (CLUSTER_SCOPED.has(kind) && 'allNamespaces' in recorded) result['allNamespaces'] = recorded['allNamespaces'];
  return result;
}

function printerReplayer(base: string, name: string): Replayer {
  return primitiveReplayer<PrinterInput>(base, name, (input, recorded) => ({
    expected: recorded,
    found: run(input, recorded as Record<string, unknown>),
  }));
}

export const printPodsReplayer = printerReplayer('printpods', 'tables of Pods');
export const printOthersReplayer = printerReplayer('printothers', 'tables of other kinds');
