/** Pods of the templates that an experiment holds. */
import type { Pod, PodSpec } from '../../models/objects/pod.ts';
import type { PodTemplate } from './schema.ts';

/** All Pods of a template share its labels and its specification. */
export function podOfTemplate(template: PodTemplate, namespace: string, name: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name, namespace },
    spec: template.spec as unknown as PodSpec,
  };
}
