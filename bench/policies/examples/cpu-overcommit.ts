/**
 * A plugin that replaces a filter: a Node takes more CPU requests than it has, by `args.factor` (2 unless given); memory and the
 * number of Pods stay as they are. cpu-overcommit.yaml takes NodeResourcesFit out of Filter and puts this in its place.
 */
import type { PluginModule } from '../plugin-module.ts';

export const plugin: PluginModule<{ factor?: number } | undefined> = {
  name: 'CpuOvercommit',
  make(args, { unschedulable }) {
    const factor = args?.factor ?? 2;
    if (!(factor > 0)) throw new RangeError(`args.factor is ${factor}; accepted are numbers above 0`);
    // Common verdicts are made once.
    const full = unschedulable('Too many pods');
    const noCpu = unschedulable(`Insufficient cpu, even ${factor} times overcommitted`);
    const noMemory = unschedulable('Insufficient memory');
    return {
      dependsOn: { node: ['allocatable'], requested: true },
      filter(_state, { class: { requests } }, { pods, requested, allocatable }) {
        const cpu = Number(requested.milliCpu) + Number(requests.milliCpu);
        const memory = Number(requested.memory) + Number(requests.memory);
        if (pods.length >= allocatable.pods) return full;
        if (cpu > factor * Number(allocatable.milliCpu)) return noCpu;
        return memory > Number(allocatable.memory) ? noMemory : undefined;
      },
    };
  },
};
