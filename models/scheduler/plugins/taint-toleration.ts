/**
 * TaintToleration: no Node with a NoSchedule or NoExecute taint that the Pod does not tolerate; better the fewer
 * PreferNoSchedule taints it does not tolerate.
 * Source: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.
 */
import type { Toleration } from '../../objects/pod.ts';
import type { StateKey } from '../framework/cycle-state.ts';
import type { FilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/plugin.ts';
import { type Status, unresolvable } from '../framework/status.ts';
import { findUntoleratedTaint, toleratesTaint } from '../framework/taints.ts';
import { normalizeByMaximum } from './normalize.ts';

const NAME = 'TaintToleration';

/** The tolerations that a PreferNoSchedule taint may meet. */
const PREFERRED: StateKey<readonly Toleration[]> = { name: `${NAME}/PreScore` };

export function taintToleration(): FilterPlugin & PreScorePlugin & ScorePlugin {
  const rejections = new Map<string, Status>();
  const rejection = (reason: string): Status => {
    let status = rejections.get(reason);
    if (status === undefined) {
      status = unresolvable(NAME, reason);
      rejections.set(reason, status);
    }
    return status;
  };
  return {
    name: NAME,
    dependsOn: { node: ['taints'], podParts: ({ spec }) => spec.tolerations },

    filter(_state, pod, { node }) {
      const taint = findUntoleratedTaint(node.spec?.taints, pod.class.spec.tolerations);
      if (taint === undefined) return undefined;
      return rejection(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
    },

    preScore(state, pod) {
      const all = pod.class.spec.tolerations ?? [];
      state.write(
        PREFERRED,
        all.filter(({ effect }) => !effect || effect === 'PreferNoSchedule'),
      );
      return undefined;
    },

    /** Raw: untolerated PreferNoSchedule taints. */
    score(state, _pod, { node }) {
      const tolerations = state.read(PREFERRED);
      let intolerable = 0;
      for (const taint of node.spec?.taints ?? []) {
        if (taint.effect === 'PreferNoSchedule' && !toleratesTaint(tolerations, taint)) intolerable++;
      }
      return intolerable;
    },

    normalizeScore(_state, _pod, _nodes, scores) {
      normalizeByMaximum(scores, true);
    },
  };
}
