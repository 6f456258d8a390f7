/**
 * SchedulingGates: a Pod with scheduling gates waits until all are removed.
 * Source: pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go.
 */
import type { PreEnqueuePlugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';

const NAME = 'SchedulingGates';

export function schedulingGates(): PreEnqueuePlugin {
  return {
    name: NAME,
    preEnqueue({ spec: { schedulingGates = [] } }) {
      if (schedulingGates.length === 0) return undefined;
      const names = schedulingGates.map(({ name }) => name).join(' ');
      return unresolvable(NAME, `waiting for scheduling gates: [${names}]`);
    },
  };
}
