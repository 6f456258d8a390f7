/** Replays recorded calls of label, field and Node selectors. */
import { aggregateText, fieldErrorText, FieldErrors } from '../../../models/objects/field-error.ts';
import { fieldSelectorText, fieldsMatch, parseFieldSelector } from '../../../models/objects/field-selector.ts';
import {
  type LabelRequirements,
  requirementsMatcher,
  requirementsText,
} from '../../../models/objects/label-requirement.ts';
import {
  compileLabelSelector,
  formatLabelSelector,
  labelSelectorRequirements,
} from '../../../models/objects/label-selector.ts';
import { parseLabelSelector } from '../../../models/objects/label-selector-parser.ts';
import type { Labels, LabelSelector } from '../../../models/objects/meta.ts';
import type { NodeSelector } from '../../../models/objects/node.ts';
import type { NodeAffinity, PreferredSchedulingTerm } from '../../../models/objects/pod.ts';
import {
  CompiledNodeSelector,
  compilePreferredTerms,
  type NodeMatch,
  requiredNodeAffinity,
  type SelectableNode,
} from '../../../models/objects/node-selector.ts';
import { primitiveReplayer } from '../controllers/primitive-replayer.ts';

interface SelectorInput {
  readonly op: string;
  readonly selector?: unknown;
  readonly labels?: readonly Labels[];
  readonly fields?: readonly Readonly<Record<string, string>>[];
  readonly nodes?: readonly { readonly name?: string; readonly labels?: Labels }[];
  readonly terms?: readonly PreferredSchedulingTerm[];
  readonly nodeSelector?: Labels | null;
  readonly affinity?: NodeAffinity | NodeSelector | null;
}

function nodesOf(input: SelectorInput): SelectableNode[] {
  return (input.nodes ?? []).map(({ name = '', labels = {} }) => ({ metadata: { name, labels } }));
}

function labelOutcome(requirements: LabelRequirements | undefined, labels: readonly Labels[]): Record<string, unknown> {
  const matches = requirementsMatcher(requirements);
  return {
    empty: requirements !== undefined && requirements.length === 0,
    matches: labels.map((set) => matches(set)),
    string: requirementsText(requirements),
  };
}

function labelSelector(selector: LabelSelector | null, labels: readonly Labels[]): unknown {
  const outcome = labelOutcome(labelSelectorRequirements(selector), labels);
  const compiled = compileLabelSelector(selector);
  return { ...outcome, matches: labels.map((set) => compiled(set)), format: formatLabelSelector(selector) };
}

function fieldSelector(text: string, fields: readonly Readonly<Record<string, string>>[]): unknown {
  const requirements = parseFieldSelector(text);
  return {
    empty: requirements.length === 0,
    matches: fields.map((set) => fieldsMatch(requirements, set)),
    requirements: requirements.map(({ field, operator, value }) => ({ field, op: operator, value })),
    string: fieldSelectorText(requirements),
  };
}

function nodeOutcome({ matches, errors }: NodeMatch): unknown {
  return { match: matches, ...(errors === undefined ? {} : { error: aggregateText(errors.map(fieldErrorText)) }) };
}

function nodeSelector(selector: NodeSelector, nodes: readonly SelectableNode[]): unknown {
  const compiled = new CompiledNodeSelector(selector);
  const parseError = compiled.errors.length === 0 ? {} : { parseError: new FieldErrors(compiled.errors).message };
  return { ...parseError, nodes: nodes.map((node) => nodeOutcome(compiled.match(node))) };
}

function run(input: SelectorInput): unknown {
  switch (input.op) {
    case 'labels.Parse':
      return labelOutcome(parseLabelSelector(input.selector as string), input.labels ?? []);
    case 'LabelSelectorAsSelector':
      return labelSelector(input.selector as LabelSelector | null, input.labels ?? []);
    case 'fields.ParseSelector':
      return fieldSelector(input.selector as string, input.fields ?? []);
    case 'NodeSelector':
      return nodeSelector(input.selector as NodeSelector, nodesOf(input));
    case 'PreferredSchedulingTerms':
      return { scores: nodesOf(input).map(compilePreferredTerms(input.terms ?? [])) };
    case 'RequiredNodeAffinity': {
      const spec = { nodeSelector: input.nodeSelector ?? {}, affinity: input.affinity ?? {} };
      const match = requiredNodeAffinity(spec as Parameters<typeof requiredNodeAffinity>[0]);
      return { nodes: nodesOf(input).map((node) => nodeOutcome(match(node))) };
    }
    default:
      throw new RangeError(`operation is ${input.op}; it is not one of the recorded ones`);
  }
}

export const selectorsReplayer = primitiveReplayer<SelectorInput>('selectors', 'selectors', (input, recorded) => ({
  expected: recorded,
  found: run(input),
}));
