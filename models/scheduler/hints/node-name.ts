/** Events that may cure a rejection by NodeName. Source: plugins/nodename/node_name.go. */
import { ADD } from '../queue/cluster-event.ts';
import type { EventRegistration } from '../queue/queueing-hints.ts';

export const nodeNameEvents: readonly EventRegistration[] = [{ resource: 'Node', actions: ADD }];
