/**
 * Rules of Pods and Pod templates. A specification that was found valid is not looked at again, so that the Pods of a ReplicaSet
 * cost next to nothing.
 * Source: pkg/apis/core/validation/validation.go (ValidatePodSpec, ValidatePodTemplateSpec).
 */
import { duplicate, type FieldError, invalid, notSupported, required } from '../field-error.ts';
import { dns1123SubdomainProblems } from '../name-rules.ts';
import type { PodSpec, PodTemplateSpec, Volume } from '../pod.ts';
import { containerErrors, hostPortErrors, labelNameErrors, supported } from './container-rules.ts';
import { labelErrors, nonNegativeErrors } from './metadata-rules.ts';
import { resourceListErrors, resourceRequirementErrors } from './resource-rules.ts';
import { schedulingErrors } from './scheduling-rules.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const MAX_DEADLINE_SECONDS = 2_147_483_647;

const validSpecs = new WeakSet<PodSpec>();

function volumeErrors(volumes: readonly Volume[] | null | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, volume] of (volumes ?? []).entries()) {
    const problems = labelNameErrors(volume.name, `${path}[${i}].name`);
    errors.push(...problems);
    if (problems.length === 0 && names.has(volume.name)) errors.push(duplicate(`${path}[${i}].name`, volume.name));
    names.add(volume.name);
    if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName) {
      errors.push(required(`${path}[${i}].persistentVolumeClaim.claimName`));
    }
  }
  return errors;
}

function allSpecErrors(spec: PodSpec, path: string): FieldError[] {
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  const names = new Set<string>();
  const errors = volumeErrors(spec.volumes, `${path}.volumes`);
  if (!spec.containers?.length) errors.push(required(`${path}.containers`));
  errors.push(
    ...containerErrors(spec.containers, volumes, names, `${path}.containers`),
    ...hostPortErrors(spec.containers, `${path}.containers`),
    ...containerErrors(spec.initContainers, volumes, names, `${path}.initContainers`),
  );
  for (const [i, { restartPolicy }] of (spec.initContainers ?? []).entries()) {
    if (restartPolicy && restartPolicy !== 'Always') {
      errors.push(notSupported(`${path}.initContainers[${i}].restartPolicy`, restartPolicy, ['Always']));
    }
  }
  if (spec.resources) errors.push(...resourceRequirementErrors(spec.resources, `${path}.resources`));
  errors.push(
    ...supported(spec.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`),
    ...supported(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`),
    ...labelErrors(spec.nodeSelector, `${path}.nodeSelector`),
    ...schedulingErrors(spec, path),
    ...nonNegativeErrors(spec.terminationGracePeriodSeconds, `${path}.terminationGracePeriodSeconds`),
  );
  if (spec.serviceAccountName) {
    for (const problem of dns1123SubdomainProblems(spec.serviceAccountName)) {
      errors.push(invalid(`${path}.serviceAccountName`, spec.serviceAccountName, problem));
    }
  }
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && deadline !== null && (deadline < 1 || deadline > MAX_DEADLINE_SECONDS)) {
    const detail = `must be between 1 and ${MAX_DEADLINE_SECONDS}, inclusive`;
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, detail));
  }
  errors.push(...resourceListErrors(spec.overhead, `${path}.overhead`));
  return errors;
}

export function podSpecErrors(spec: PodSpec | undefined, path: string): FieldError[] {
  if (!spec) return [required(`${path}.containers`)];
  if (validSpecs.has(spec)) return [];
  const errors = allSpecErrors(spec, path);
  if (errors.length === 0) validSpecs.add(spec);
  return errors;
}

export function podTemplateErrors(template: PodTemplateSpec, path: string): FieldError[] {
  return [...labelErrors(template.metadata?.labels, `${path}.labels`), ...podSpecErrors(template.spec, `${path}.spec`)];
}
