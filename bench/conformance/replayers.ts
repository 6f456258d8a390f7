/**
 * The registry of replayers: one line for each kind of recording. The first that accepts a file replays it.
 */
import { controllerReplayers } from './controllers/index.ts';
import { etcdReplayer } from './etcd/etcd-replayer.ts';
import { nodeReplayers } from './nodes/index.ts';
import { objectReplayers } from './objects/index.ts';
import type { Replayer } from './recording.ts';
import { decisionReplayer } from './scheduler/decisions.ts';
import { sequenceReplayer } from './scheduler/decisions-sequence.ts';
import { queueReplayer } from './scheduler/queue-replay.ts';

export const REPLAYERS: readonly Replayer[] = [
  etcdReplayer,
  queueReplayer,
  decisionReplayer,
  sequenceReplayer,
  ...objectReplayers,
  ...controllerReplayers,
  ...nodeReplayers,
];
