/**
 * A study from an object instead of a file: the same fields, checked in the same way, and policies may bring their plugins as objects.
 */
import type { z } from 'zod';
import { BadInputError } from '../bad-input.ts';
import type { PluginModule } from '../policies/plugin-module.ts';
import type { SourceDocument } from '../workloads/documents.ts';
import { checkedExperiment, completeStudy, type Overrides, type Study } from './load.ts';
import { checkNodeTypes } from './node-groups.ts';
import type { experimentSchema } from './schema.ts';

type Written = z.input<typeof experimentSchema>;
type WrittenPolicy = NonNullable<Written['policies']>[number];

/** A policy as `studyOf` takes it: plugins are files, or objects of this program. */
export interface PolicyInput extends Omit<WrittenPolicy, 'plugins'> {
  // oxlint-disable-next-line typescript/no-explicit-any -- a module reads its own arguments; whoever makes it knows their type
  readonly plugins?: readonly (string | PluginModule<any>)[];
}

/** An experiment as a person writes it (bench/README.md), without the defaults. */
export interface ExperimentInput extends Omit<Written, 'policies'> {
  readonly policies?: readonly PolicyInput[];
}

export interface StudyOptions extends Overrides {
  /** Folder from which files that the experiment names are read; the current one unless given. */
  readonly folder?: string | undefined;
}

/**
 * Checks an experiment, fills in defaults and reads the files it names.
 *
 * A study with plugin objects can be simulated in this process alone (`simulateStudy`); a run folder needs files, or nobody could repeat
 * its runs.
 * @throws BadInputError naming the field
 */
export function studyOf(experiment: ExperimentInput, options: StudyOptions = {}): Study {
  const { folder = '.', ...overrides } = options;
  const plugins = new Map<string, readonly PluginModule[]>();
  const policies = experiment.policies?.map(({ plugins: own = [], ...policy }) => {
    const objects = own.filter((plugin) => typeof plugin !== 'string');
    const files = own.filter((plugin) => typeof plugin === 'string');
    if (objects.length > 0) plugins.set(policy.name, objects);
    return files.length === 0 ? policy : { ...policy, plugins: files };
  });
  const value = policies === undefined ? experiment : { ...experiment, policies };
  const document: SourceDocument = { file: 'experiment', line: 1, value, lineOf: () => undefined };
  const study = completeStudy(checkedExperiment(document, overrides), folder);
  checkNodeTypes(study, document);
  return plugins.size === 0 ? study : { ...study, plugins };
}

/** @throws BadInputError for a study that only this process knows in full */
export function requireFiles({ plugins }: Study): void {
  const [policy] = plugins?.keys() ?? [];
  if (policy === undefined) return;
  throw new BadInputError(
    `policy ${policy} brings a plugin as an object; accepted with a run folder: files of plugins, so that its runs can be repeated`,
  );
}
