/** What kind of file a person has named where another one is wanted, so that the message can say where it belongs. */
import { BadInputError } from '../bad-input.ts';
import type { SourceDocument } from './documents.ts';

type Kind = 'experiment' | 'plan' | 'manifest' | 'scheduler_perf';

/** By the fields that no other kind has; undefined for what could be any. */
function kindOf(value: unknown): Kind | undefined {
  if (Array.isArray(value)) return value.some((item) => has(item, 'workloadTemplate')) ? 'scheduler_perf' : undefined;
  if (has(value, 'apiVersion') && has(value, 'kind')) return 'manifest';
  if (has(value, 'find')) return 'plan';
  return has(value, 'workload') || has(value, 'cluster') ? 'experiment' : undefined;
}

function has(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value;
}

const BELONGS: Readonly<Record<Kind, string>> = {
  experiment: 'is an experiment: clockwork run FILE',
  plan: 'is a plan: clockwork plan FILE',
  manifest: 'is a Kubernetes manifest: clockwork run --nodes FILE --pods FILE, or name it in the experiment',
  scheduler_perf: 'is a scheduler_perf file: clockwork run --scheduler-perf FILE',
};

/** @throws BadInputError for a document that is plainly of another kind */
export function refuseOtherKinds({ file, value }: SourceDocument, wanted: Kind): void {
  const kind = kindOf(value);
  if (kind !== undefined && kind !== wanted) throw new BadInputError(BELONGS[kind], { file });
}
