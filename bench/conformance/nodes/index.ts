/** The replayers of what kubelets and kube-proxies decide. */
import type { Replayer } from '../recording.ts';
import { kubeletPodReplayer } from './kubeletpod-replayer.ts';
import { probesReplayer } from './probes-replayer.ts';
import { proxyEndpointsReplayer } from './proxyendpoints-replayer.ts';

export const nodeReplayers: readonly Replayer[] = [kubeletPodReplayer, probesReplayer, proxyEndpointsReplayer];
