/**
 * What is wrong in a KubeSchedulerConfiguration, with the path of each field, so that who read the file can name file and line.
 */
export type FieldPath = readonly (string | number)[];

export interface ConfigurationProblem {
  readonly path: FieldPath;
  /** What stands there; undefined when nothing does. */
  readonly found: unknown;
  /** What may stand there, or why this may not. */
  readonly accepted: string;
}

/** "profiles[0].plugins.score". */
export function pathText(path: FieldPath): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(({ path, found, accepted }) => `${pathText(path)}: found ${shown(found)}; ${accepted}`);
    super(lines.join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }

  get path(): FieldPath {
    return this.problems[0]?.path ?? [];
  }

  get found(): unknown {
    return this.problems[0]?.found;
  }

  get accepted(): string {
    return this.problems[0]?.accepted ?? '';
  }
}
