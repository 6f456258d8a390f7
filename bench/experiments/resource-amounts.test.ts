/** What Pods request is summed once for each shape, and shapes are told apart by all that counts. */
import { expect, test } from 'vitest';
import type { Pod, PodSpec } from '../../models/objects/pod.ts';
import { requestedAmounts } from './resource-amounts.ts';

const containersOf = (cpu: string): PodSpec['containers'] => [{ name: 'main', resources: { requests: { cpu } } }];

function pod(spec: PodSpec, annotations?: Record<string, string>): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...(annotations && { annotations }) }, spec };
}

test('the sum of containers is made once, with a Node and without; what stands beside them counts', () => {
  const containers = containersOf('1');
  const waiting = requestedAmounts(pod({ containers }));
  expect(waiting.cpuMillis).toBe(1000);
  expect(requestedAmounts(pod({ containers, nodeName: 'a' }))).toBe(waiting);
  expect(requestedAmounts(pod({ containers, overhead: { cpu: '1' } })).cpuMillis).toBe(2000);
  expect(requestedAmounts(pod({ containers, initContainers: containersOf('3') })).cpuMillis).toBe(3000);
  expect(requestedAmounts(pod({ containers, resources: { requests: { cpu: '5' } } })).cpuMillis).toBe(5000);
});

test('equal annotations add the same share to each shape', () => {
  const annotations = { 'alibabacloud.com/gpu-count': '1', 'alibabacloud.com/gpu-milli': '500' };
  const [one, two] = [{ containers: containersOf('1') }, { containers: containersOf('2') }];
  for (const spec of [one, two, two, one]) {
    const { cpuMillis, others } = requestedAmounts(pod(spec, annotations));
    expect([cpuMillis, others.get('alibabacloud.com/gpu-milli')]).toEqual([spec === one ? 1000 : 2000, 500]);
  }
  expect(requestedAmounts(pod(one)).others.size).toBe(0);
});
