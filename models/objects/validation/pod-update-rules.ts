/**
 * What of a Pod's specification may change after it was created: images, the deadline, more tolerations, and where it is not yet to be
 * scheduled, its gates and what narrows the choice of Nodes.
 * Source: pkg/apis/core/validation/validation.go (ValidatePodUpdate).
 */
import { type FieldError, forbidden } from '../field-error.ts';
import type { Container, Pod, PodSpec } from '../pod.ts';
import { semanticEqual } from '../semantic-equal.ts';

const MESSAGE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function withImagesOf(containers: readonly Container[] | undefined, old: readonly Container[] | undefined) {
  return containers?.map((container, i) => {
    const image = old?.[i]?.image;
    return image === undefined ? container : { ...container, image };
  });
}

/** Whether every toleration is still there; only its seconds may be others. */
function keepsTolerations(next: PodSpec, old: PodSpec): boolean {
  return (old.tolerations ?? []).every((toleration) =>
    (next.tolerations ?? []).some(({ tolerationSeconds: _seconds, ...candidate }) => {
      const { tolerationSeconds: _old, ...rest } = toleration;
      return semanticEqual(candidate, rest);
    }),
  );
}

/** The new specification with everything that may change as it was. */
function neutral(next: PodSpec, old: PodSpec): PodSpec {
  const containers = withImagesOf(next.containers, old.containers) ?? [];
  const initContainers = withImagesOf(next.initContainers, old.initContainers);
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = next;
  const parts: { -readonly [K in keyof PodSpec]?: PodSpec[K] } = { ...rest, containers };
  if (initContainers !== undefined) parts.initContainers = initContainers;
  if (old.activeDeadlineSeconds !== undefined) parts.activeDeadlineSeconds = old.activeDeadlineSeconds;
  if (old.tolerations !== undefined) parts.tolerations = old.tolerations;
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1) {
    parts.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds as number;
  }
  return parts as PodSpec;
}

/** A gated Pod may lose gates and have its Nodes narrowed; that it is only narrowed is not checked. */
function withGates(next: PodSpec, old: PodSpec): PodSpec {
  const { schedulingGates: _gates, nodeSelector: _selector, affinity: _affinity, ...rest } = old;
  return {
    ...rest,
    ...(next.schedulingGates === undefined ? {} : { schedulingGates: next.schedulingGates }),
    ...(next.nodeSelector === undefined ? {} : { nodeSelector: next.nodeSelector }),
    ...(next.affinity === undefined ? {} : { affinity: next.affinity }),
  };
}

export function podUpdateErrors(next: Pod, old: Pod): FieldError[] {
  if (next.spec === old.spec) return [];
  const isGated = (old.spec.schedulingGates?.length ?? 0) > 0;
  const before = isGated ? withGates(next.spec, old.spec) : old.spec;
  if (!keepsTolerations(next.spec, old.spec)) {
    return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
  }
  return semanticEqual(neutral(next.spec, old.spec), before) ? [] : [forbidden('spec', MESSAGE)];
}
