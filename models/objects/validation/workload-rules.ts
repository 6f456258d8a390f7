/**
 * Rules of the kinds that make Pods, and of PodDisruptionBudgets.
 * Source: pkg/apis/apps/validation/validation.go, pkg/apis/core/validation (ReplicationController), pkg/apis/policy/validation.
 */
import { type FieldError, forbidden, invalid, notSupported, required } from '../field-error.ts';
import { compileLabelSelector, compileLabelSet, type LabelMatcher } from '../label-selector.ts';
import type { IntOrString, LabelSelector } from '../meta.ts';
import type { PodTemplateSpec } from '../pod.ts';
import type { DaemonSet, Deployment, PodDisruptionBudget, ReplicaSet, ReplicationController } from '../workloads.ts';
import { labelSelectorErrors, nonNegativeErrors } from './metadata-rules.ts';
import { podTemplateErrors } from './pod-rules.ts';

const PERCENT = /^[0-9]+%$/;

/** A count that is not negative, or a percentage of at most 100. */
function intOrPercentErrors(value: IntOrString | undefined | null, path: string, isShare = true): FieldError[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number') return nonNegativeErrors(value, path);
  if (!PERCENT.test(value)) {
    const rule = "a valid percent string must be a numeric string followed by an ending '%'";
    const examples = "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
    return [invalid(path, value, `${rule} ${examples}`)];
  }
  if (isShare && Number(value.slice(0, -1)) > 100) return [invalid(path, value, 'must not be greater than 100%')];
  return [];
}

function isZero(value: IntOrString | undefined | null): boolean {
  return value === 0 || (typeof value === 'string' && /^0+%$/.test(value)) || value === undefined || value === null;
}

function templateErrors(
  template: PodTemplateSpec | undefined,
  matches: LabelMatcher | undefined,
  path: string,
  kind: string,
): FieldError[] {
  if (!template) return [required(path)];
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (matches && !matches(labels ?? {})) {
    errors.push(invalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`'));
  }
  errors.push(...podTemplateErrors(template, path));
  const restartPolicy = template.spec?.restartPolicy;
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']));
  }
  const deadline = template.spec?.activeDeadlineSeconds;
  if (deadline !== undefined && deadline !== null) {
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}

/** A selector that must be there and restrict something, and the template that it must match. */
function selectorAndTemplateErrors(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  owner: string,
  kind: string,
): FieldError[] {
  if (!selector) return [required('spec.selector'), ...templateErrors(template, undefined, 'spec.template', kind)];
  const errors = labelSelectorErrors(selector, 'spec.selector');
  const isEmpty = !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length;
  if (isEmpty) errors.push(invalid('spec.selector', selector, `empty selector is invalid for ${owner}`));
  let matches: LabelMatcher | undefined;
  try {
    if (!isEmpty) matches = compileLabelSelector(selector);
  } catch {
    errors.push(invalid('spec.selector', selector, 'invalid label selector'));
  }
  errors.push(...templateErrors(template, matches, 'spec.template', kind));
  return errors;
}

function rollingUpdateErrors(
  rolling: { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString } | undefined,
  path: string,
): FieldError[] {
  const errors = intOrPercentErrors(rolling?.maxUnavailable, `${path}.maxUnavailable`);
  errors.push(...intOrPercentErrors(rolling?.maxSurge, `${path}.maxSurge`, false));
  if (isZero(rolling?.maxUnavailable) && isZero(rolling?.maxSurge)) {
    const value = rolling?.maxUnavailable ?? 0;
    errors.push(invalid(`${path}.maxUnavailable`, value, 'may not be 0 when `maxSurge` is 0'));
  }
  return errors;
}

function strategyErrors(strategy: NonNullable<Deployment['spec']['strategy']>): FieldError[] {
  switch (strategy.type) {
    case 'Recreate':
      return strategy.rollingUpdate
        ? [forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
        : [];
    case 'RollingUpdate':
      return rollingUpdateErrors(strategy.rollingUpdate, 'spec.strategy.rollingUpdate');
    default:
      return [notSupported('spec.strategy.type', strategy.type, ['Recreate', 'RollingUpdate'])];
  }
}

export function deploymentErrors({ spec }: Deployment): FieldError[] {
  if (!spec) return [required('spec')];
  const errors = nonNegativeErrors(spec.replicas, 'spec.replicas');
  errors.push(...selectorAndTemplateErrors(spec.selector, spec.template, 'deployment', 'ReplicaSet'));
  if (spec.strategy) errors.push(...strategyErrors(spec.strategy));
  errors.push(
    ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegativeErrors(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...nonNegativeErrors(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
  );
  const deadline = spec.progressDeadlineSeconds;
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

export function replicaSetErrors({ spec }: ReplicaSet): FieldError[] {
  if (!spec) return [required('spec')];
  return [
    ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
    ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...selectorAndTemplateErrors(spec.selector, spec.template, 'deployment', 'ReplicaSet'),
  ];
}

export function daemonSetErrors({ spec }: DaemonSet): FieldError[] {
  if (!spec) return [required('spec')];
  const errors = selectorAndTemplateErrors(spec.selector, spec.template, 'daemonset', 'DaemonSet');
  errors.push(...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'));
  const strategy = spec.updateStrategy;
  if (strategy?.type === 'RollingUpdate') {
    errors.push(...rollingUpdateErrors(strategy.rollingUpdate, 'spec.updateStrategy.rollingUpdate'));
  } else if (strategy && strategy.type !== 'OnDelete') {
    errors.push(notSupported('spec.updateStrategy.type', strategy.type, ['OnDelete', 'RollingUpdate']));
  }
  errors.push(...nonNegativeErrors(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  return errors;
}

export function replicationControllerErrors({ spec }: ReplicationController): FieldError[] {
  if (!spec) return [required('spec')];
  const errors = nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds');
  const hasSelector = spec.selector !== undefined && Object.keys(spec.selector).length > 0;
  if (!hasSelector) errors.push(required('spec.selector'));
  errors.push(...nonNegativeErrors(spec.replicas, 'spec.replicas'));
  const matches = hasSelector ? compileLabelSet(spec.selector) : undefined;
  errors.push(...templateErrors(spec.template, matches, 'spec.template', 'ReplicationController'));
  return errors;
}

export function disruptionBudgetErrors({ spec }: PodDisruptionBudget): FieldError[] {
  if (!spec) return [];
  const { minAvailable, maxUnavailable } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  }
  errors.push(
    ...intOrPercentErrors(minAvailable, 'spec.minAvailable'),
    ...intOrPercentErrors(maxUnavailable, 'spec.maxUnavailable'),
    ...labelSelectorErrors(spec.selector, 'spec.selector'),
  );
  return errors;
}
