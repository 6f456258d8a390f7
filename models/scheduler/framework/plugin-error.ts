/**
 * A mistake in a plugin: it threw, or answered what no plugin may answer. It ends the run, and says whose mistake it was.
 */
export class PluginError extends Error {
  readonly plugin: string;

  /**
   * @param point extension point, for example "Filter"
   * @param podName "namespace/name", or '' where no Pod is concerned
   * @param nodeName '' where no Node is concerned
   */
  constructor(plugin: string, point: string, podName: string, nodeName: string, problem: string, cause?: unknown) {
    const pod = podName === '' ? '' : ` for Pod ${podName}`;
    const node = nodeName === '' ? '' : ` on Node ${nodeName}`;
    super(`plugin ${plugin}, ${point}${pod}${node}: ${problem}`, cause === undefined ? undefined : { cause });
    this.name = 'PluginError';
    this.plugin = plugin;
  }
}
