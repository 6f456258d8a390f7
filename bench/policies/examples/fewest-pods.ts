/**
 * A score plugin: the fewer Pods a Node has, the better, whatever they request.
 * Enable it as in fewest-pods.yaml; `args.perPod` says how many points each Pod costs (1 unless given).
 */
import type { PluginModule } from 'kube-clockwork';

export const plugin: PluginModule<{ perPod?: number } | undefined> = {
  name: 'FewestPods',
  make: (args) => ({
    // Asked again for a Node only when Pods come to it or leave it.
    dependsOn: { requested: true },
    score: (_state, _pod, node) => node.pods.length * (args?.perPod ?? 1),
    normalizeScore: (_state, _pod, _nodes, scores) => {
      const most = Math.max(...scores);
      scores.forEach((score, i) => {
        scores[i] = most === 0 ? 100 : 100 - Math.floor((100 * score) / most);
      });
    },
  }),
};
