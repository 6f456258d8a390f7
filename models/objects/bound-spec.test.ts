/** Tests that the fast way to a bound spec gives what the plain one does. */
import { expect, test } from 'vitest';
import { applyDefaults } from './index.ts';
import { boundSpec } from './bound-spec.ts';
import type { Pod, PodSpec } from './pod.ts';
import { PODS } from './resources.ts';

const template: PodSpec = { containers: [{ name: 'main', image: 'app:1' }] };

const admitted: PodSpec = {
  ...applyDefaults<Pod>(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: template }).spec,
  serviceAccountName: 'default',
  serviceAccount: 'default',
  priority: 0,
  preemptionPolicy: 'PreemptLowerPriority',
  tolerations: [],
};

test.each<[string, PodSpec]>([
  ['as it is admitted', admitted],
  ['with one field more', { ...admitted, nodeSelector: { disk: 'ssd' } }],
  ['with one field less', template],
  ['in another order', { priority: 0, ...admitted }],
  ['with another Node', { ...admitted, nodeName: 'b' }],
])('a spec %s is bound with its fields in their order', (_, spec) => {
  expect(JSON.stringify(boundSpec(spec, 'n'))).toBe(JSON.stringify({ ...spec, nodeName: 'n' }));
});
