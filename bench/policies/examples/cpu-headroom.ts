/**
 * A plugin that replaces a filter: a Node takes CPU requests up to a share of what it has (`args.share`, 0.8 unless given), so that
 * the rest stays free; memory and the number of Pods stay as they are. cpu-headroom.yaml takes NodeResourcesFit out of Filter and
 * puts this in its place. (The other way round, more than a Node has, the kubelet would reject the Pods: OutOfcpu.)
 */
import type { PluginModule } from 'kube-clockwork';

export const plugin: PluginModule<{ share?: number } | undefined> = {
  name: 'CpuHeadroom',
  make(args, { unschedulable }) {
    const share = args?.share ?? 0.8;
    if (!(share > 0 && share <= 1))
      throw new RangeError(`args.share is ${share}; accepted are numbers above 0, up to 1`);
    // Common verdicts are made once.
    const full = unschedulable('Too many pods');
    const noCpu = unschedulable(`Insufficient cpu, of which ${share} may be used`);
    const noMemory = unschedulable('Insufficient memory');
    return {
      dependsOn: { node: ['allocatable'], requested: true },
      filter(_state, { class: { requests } }, { pods, requested, allocatable }) {
        const cpu = Number(requested.milliCpu) + Number(requests.milliCpu);
        const memory = Number(requested.memory) + Number(requests.memory);
        if (pods.length >= allocatable.pods) return full;
        if (cpu > share * Number(allocatable.milliCpu)) return noCpu;
        return memory > Number(allocatable.memory) ? noMemory : undefined;
      },
    };
  },
};
