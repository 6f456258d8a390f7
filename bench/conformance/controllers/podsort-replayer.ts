/** Replays recorded orders in which a ReplicaSet gives up its Pods. */
import type { Pod } from '../../../models/objects/pod.ts';
import { isVictimBefore, sortActivePods, sortVictims } from '../../../models/controllers/replicaset/victim-order.ts';
import { timestampToSeconds } from '../../../models/objects/timestamp.ts';
import { primitiveReplayer } from './primitive-replayer.ts';

interface PodSortInput {
  readonly pods: readonly Pod[];
  readonly rank: readonly number[];
  readonly now?: string;
}

interface PodSortOutput {
  readonly less: readonly string[];
  readonly order: readonly string[];
  readonly strict: boolean;
  readonly activePodsOrder?: readonly string[];
}

const nameOf = (pod: Pod): string => pod.metadata.name;

export const podSortReplayer = primitiveReplayer<PodSortInput>('podsort', 'scale-down order', (input, recorded) => {
  const out = recorded as PodSortOutput;
  const now = input.now === undefined ? undefined : timestampToSeconds(input.now);
  const { pods, rank } = input;
  const less = pods.map((x, i) =>
    pods.map((y, j) => (isVictimBefore(x, rank[i] ?? 0, y, rank[j] ?? 0, now) ? '1' : '0')).join(''),
  );
  const expected = {
    less: out.less,
    order: out.strict ? out.order : undefined,
    activePodsOrder: out.activePodsOrder ?? undefined,
  };
  const found = {
    less,
    order: out.strict ? sortVictims(pods, rank, now).map(nameOf) : undefined,
    activePodsOrder: expected.activePodsOrder === undefined ? undefined : sortActivePods(pods).map(nameOf),
  };
  return { expected, found };
});
