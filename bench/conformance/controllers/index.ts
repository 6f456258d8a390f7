/** The replayers of what `models/controllers` decides. */
import type { Replayer } from '../recording.ts';
import { backoffReplayer } from './backoff-replayer.ts';
import { budgetReplayer } from './budget-replayer.ts';
import { deploymentReplayer } from './deployment-replayer.ts';
import { endpointHintsReplayer, endpointSliceReplayer } from './endpointslice-replayer.ts';
import { nodeZonesReplayer, statefulSetReplayer } from './names-and-zones-replayer.ts';
import { podSortReplayer } from './podsort-replayer.ts';

export const controllerReplayers: readonly Replayer[] = [
  deploymentReplayer,
  podSortReplayer,
  endpointSliceReplayer,
  endpointHintsReplayer,
  backoffReplayer,
  statefulSetReplayer,
  nodeZonesReplayer,
  budgetReplayer,
];
