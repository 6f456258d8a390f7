/**
 * Keeps the legacy Endpoints object of each Service in step with its Pods.
 * Source: pkg/controller/endpoint/endpoints_controller.go.
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { ObjectMeta } from '../../objects/meta.ts';
import { ENDPOINTS, SERVICES } from '../../objects/resources.ts';
import type { Endpoints, Service } from '../../objects/service.ts';
import { Controller, isNamespaceTerminating, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { truncated } from './endpoint-subsets.ts';
import { KeptSubsets } from './kept-subsets.ts';
import { type ServiceMembers, serviceSelector } from './service-members.ts';
import type { ServicePods } from './service-pods.ts';
import { HEADLESS_LABEL } from './slice-plan.ts';
import { TriggerTimes, withTriggerTime } from './trigger-times.ts';

const MAX_RETRIES = 15;
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** What is kept for one Service between syncs. */
interface ServiceState {
  readonly subsets: KeptSubsets;
  readonly times: TriggerTimes;
  labelled: { readonly service: Service; readonly labels: Readonly<Record<string, string>> } | undefined;
}

export class EndpointsController extends Controller {
  readonly #services: ObjectCache<Service>;
  readonly #endpoints: ObjectCache<Endpoints>;
  readonly #members: ServiceMembers;
  readonly #states = new Map<string, ServiceState>();
  /** The number under which changes of Pods are read. */
  readonly #reader: number;

  constructor(context: ControllerContext, members: ServiceMembers, workers: number) {
    super(context, {
      name: 'endpoints-controller',
      component: 'endpoint-controller',
      workers,
      maxRetries: MAX_RETRIES,
      retry: { baseMicros: MICROS_PER_SECOND, maxMicros: 1000 * MICROS_PER_SECOND },
    });
    this.#members = members;
    this.#services = context.cache(SERVICES);
    this.#endpoints = context.cache(ENDPOINTS);
    this.#endpoints.addHandler({
      deleted: (endpoints) => this.queue.add(`${endpoints.metadata.namespace ?? ''}/${endpoints.metadata.name}`),
    });
    this.#reader = members.listen((key) => this.queue.add(key));
  }

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const service = this.#services.get(namespace, name);
    if (service === undefined) {
      this.#states.delete(key);
      if (this.#endpoints.get(namespace, name) === undefined) {
        done();
        return;
      }
      this.context.client.delete(ENDPOINTS, namespace, name, {}, (result) =>
        done(result.ok || result.status.reason === 'NotFound' ? undefined : messageOf(result)),
      );
      return;
    }
    if (serviceSelector(service) === undefined) {
      done();
      return;
    }
    this.#write(key, service, this.#endpoints.get(namespace, name), done);
  }

  #stateOf(key: string): ServiceState {
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { subsets: new KeptSubsets(), times: new TriggerTimes(), labelled: undefined };
      this.#states.set(key, state);
    }
    return state;
  }

  #write(key: string, service: Service, current: Endpoints | undefined, done: SyncDone): void {
    const state = this.#stateOf(key);
    const pods = this.#members.podsOf(key) as ServicePods;
    const changed = pods.takeChanged(this.#reader);
    const { subsets, cut } = truncated(state.subsets.of(service, pods, changed));
    const triggered = state.times.nextOf(service, pods, changed);
    const labels = labelsIn(state, service);
    const wasCut = current?.metadata.annotations?.[OVER_CAPACITY] === 'truncated';
    const same =
      current !== undefined &&
      wasCut === cut &&
      semanticEqual(current.subsets, subsets) &&
      semanticEqual(current.metadata.labels, labels);
    if (same) {
      done();
      return;
    }
    const metadata = metadataOf(service, current, labels, triggered, cut);
    const fresh: Endpoints =
      subsets.length === 0
        ? { apiVersion: 'v1', kind: 'Endpoints', metadata }
        : { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets };
    this.#send(service, fresh, current === undefined, done);
  }

  #send(service: Service, endpoints: Endpoints, create: boolean, done: SyncDone): void {
    const { client } = this.context;
    const answered = (result: Parameters<Parameters<typeof client.create<Endpoints>>[2] & object>[0]): void => {
      if (result.ok || isNamespaceTerminating(result.status)) {
        done();
        return;
      }
      const text = `Failed to ${create ? 'create' : 'update'} endpoint ${service.metadata.namespace}/${service.metadata.name}: ${messageOf(result)}`;
      this.recorder.event(service, 'Warning', `FailedTo${create ? 'Create' : 'Update'}Endpoint`, text);
      done(messageOf(result));
    };
    if (create) client.create(ENDPOINTS, endpoints, answered);
    else client.update(ENDPOINTS, endpoints, answered);
  }
}

/** As long as the Service is the same object, its Endpoints have the same labels object: what knows it need not look into it. */
function labelsIn(state: ServiceState, service: Service): Readonly<Record<string, string>> {
  if (state.labelled?.service !== service) state.labelled = { service, labels: labelsOf(service) };
  return state.labelled.labels;
}

function labelsOf(service: Service): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata.labels };
  if (service.spec.clusterIP === 'None') labels[HEADLESS_LABEL] = '';
  else delete labels[HEADLESS_LABEL];
  labels[MANAGED_BY] = 'endpoint-controller';
  return labels;
}

/** The metadata to write: that of the object that is there, with new labels and annotations. */
function metadataOf(
  { metadata: { name, namespace } }: Service,
  current: Endpoints | undefined,
  labels: Readonly<Record<string, string>>,
  triggered: string | undefined,
  cut: boolean,
): ObjectMeta {
  const base = current?.metadata ?? (namespace === undefined ? { name } : { name, namespace });
  const metadata = withTriggerTime(
    base.labels === undefined ? { ...base, labels } : base,
    withoutCut(current?.metadata.annotations),
    triggered,
  );
  metadata.labels = labels;
  if (cut) metadata.annotations = { ...metadata.annotations, [OVER_CAPACITY]: 'truncated' };
  return metadata;
}

function withoutCut(annotations: ObjectMeta['annotations']): ObjectMeta['annotations'] {
  if (annotations?.[OVER_CAPACITY] === undefined) return annotations;
  const { [OVER_CAPACITY]: _cut, ...kept } = annotations;
  return kept;
}
