/**
 * What the API server fills into a container and its probes, ports and hooks.
 * Source: pkg/apis/core/v1/defaults.go (SetDefaults_Container, _Probe, _HTTPGetAction, _ResourceList).
 */
import type { ResourceList } from '../meta.ts';
import type { Container, Probe, ResourceRequirements } from '../pod.ts';
import { formatQuantity, roundUpQuantity } from '../quantity.ts';
import { quantityOf } from '../quantity-values.ts';
import { mapShared, sharedByIdentity, withField, withMissing } from './missing-fields.ts';

const MILLI = -3;

/** Always for the tag "latest" and for no tag at all, unless a digest names the image. */
export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  if (image === undefined || image.includes('@')) return 'IfNotPresent';
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  const colon = lastPart.indexOf(':');
  return colon < 0 || lastPart.slice(colon + 1) === 'latest' ? 'Always' : 'IfNotPresent';
}

function storedQuantity(text: string | number): string {
  try {
    return formatQuantity(roundUpQuantity(quantityOf(text), MILLI).quantity);
  } catch {
    // Validation says what is wrong with it.
    return String(text);
  }
}

/** Quantities as the API server stores them: canonical text, nothing finer than thousandths. */
export const storedResourceList = sharedByIdentity((list: ResourceList): ResourceList => {
  let result: Record<string, string> | undefined;
  for (const name in list) {
    const text = storedQuantity(list[name] as string | number);
    if (text === list[name]) continue;
    result ??= { ...(list as Record<string, string>) };
    result[name] = text;
  }
  return result ?? list;
});

function storedResources(resources: ResourceRequirements): ResourceRequirements {
  let result = resources;
  if (result.limits) result = withField(result, 'limits', storedResourceList(result.limits));
  if (result.requests) result = withField(result, 'requests', storedResourceList(result.requests));
  return result;
}

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const HTTP_GET = { path: '/', scheme: 'HTTP' };

function defaultProbe(probe: Probe): Probe {
  const result = withMissing(probe, PROBE);
  return result.httpGet ? withField(result, 'httpGet', withMissing(result.httpGet, HTTP_GET)) : result;
}

type Lifecycle = NonNullable<Container['lifecycle']>;

function defaultHook(hook: unknown): unknown {
  const { httpGet } = hook as { readonly httpGet?: object };
  return httpGet ? withField(hook as { readonly httpGet: object }, 'httpGet', withMissing(httpGet, HTTP_GET)) : hook;
}

function defaultLifecycle(lifecycle: Lifecycle): Lifecycle {
  let result = lifecycle;
  if (result.preStop) result = withField(result, 'preStop', defaultHook(result.preStop));
  if (result.postStart) result = withField(result, 'postStart', defaultHook(result.postStart));
  return result;
}

const PORT = { protocol: 'TCP' };
const MESSAGES = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const FIELD_REF = { apiVersion: 'v1' };

function defaultEnvironment(env: NonNullable<Container['env']>): NonNullable<Container['env']> {
  return mapShared(env, (variable) => {
    const source = variable.valueFrom as { readonly fieldRef?: object } | undefined;
    if (!source?.fieldRef) return variable;
    const fieldRef = withMissing(source.fieldRef, FIELD_REF);
    return fieldRef === source.fieldRef ? variable : { ...variable, valueFrom: { ...source, fieldRef } };
  });
}

/** A container of a template; a Pod's own containers get requests from limits on top of it. */
export const defaultContainer = sharedByIdentity((container: Container): Container => {
  let result = withMissing(container, {
    ...MESSAGES,
    imagePullPolicy: defaultPullPolicy(container.image),
    resources: {},
  });
  result = withField(result, 'resources', storedResources(result.resources as ResourceRequirements));
  if (result.ports) {
    result = withField(
      result,
      'ports',
      mapShared(result.ports, (port) => withMissing(port, PORT)),
    );
  }
  if (result.env) result = withField(result, 'env', defaultEnvironment(result.env));
  if (result.livenessProbe) result = withField(result, 'livenessProbe', defaultProbe(result.livenessProbe));
  if (result.readinessProbe) result = withField(result, 'readinessProbe', defaultProbe(result.readinessProbe));
  if (result.startupProbe) result = withField(result, 'startupProbe', defaultProbe(result.startupProbe));
  if (result.lifecycle) result = withField(result, 'lifecycle', defaultLifecycle(result.lifecycle));
  return result;
});

/** Limits that have no request become requests (SetDefaults_Pod). */
export const withRequestsFromLimits = sharedByIdentity((container: Container): Container => {
  const { limits, requests } = container.resources ?? {};
  if (!limits) return container;
  const merged = withMissing(requests ?? {}, limits);
  return merged === requests ? container : { ...container, resources: { ...container.resources, requests: merged } };
});
