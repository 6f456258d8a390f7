/**
 * Keeps the EndpointSlices of each Service in step with the Pods that it selects.
 * Source: pkg/controller/endpointslice/endpointslice_controller.go. Not modelled: topology-mode Auto (its Service gets
 * no hints).
 */
import { MICROS_PER_SECOND } from '../../../engine/index.ts';
import type { Node } from '../../objects/node.ts';
import { ENDPOINT_SLICES, NODES, SERVICES } from '../../objects/resources.ts';
import type { EndpointSlice, Service } from '../../objects/service.ts';
import { Controller, isNamespaceTerminating, messageOf, type SyncDone, splitKey } from '../controller.ts';
import type { ControllerContext, ObjectCache } from '../controller-context.ts';
import { controllerOf } from '../pod-facts.ts';
import { oneByOne, type RequestDone } from '../slow-start.ts';
import { type AddressType, ZONE_LABEL } from './pod-endpoint.ts';
import { type ServiceMembers, serviceSelector } from './service-members.ts';
import type { ServicePods } from './service-pods.ts';
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL, SLICE_MANAGER } from './slice-plan.ts';
import { SlicePlanner } from './slice-planner.ts';
import { SliceTracker } from './slice-tracker.ts';
import { TriggerTimes, withTriggerTime } from './trigger-times.ts';

const MAX_RETRIES = 15;
/** A slice that somebody else has changed is looked at after so long. */
const FOREIGN_CHANGE_DELAY_MICROS = MICROS_PER_SECOND;
export const SERVICE_INDEX = 'service';

export interface EndpointSliceOptions {
  readonly workers: number;
  /** --max-endpoints-per-slice. */
  readonly maxEndpointsPerSlice: number;
  /** --endpointslice-updates-batch-period. */
  readonly batchPeriodMicros: number;
}

/** "namespace/service" of a slice that this controller manages. */
function serviceKeyOf(slice: EndpointSlice): string | undefined {
  const labels = slice.metadata.labels;
  const service = labels?.[SERVICE_NAME_LABEL];
  if (service === undefined || labels?.[MANAGED_BY_LABEL] !== SLICE_MANAGER) return undefined;
  return `${slice.metadata.namespace ?? ''}/${service}`;
}

function addressTypesOf(service: Service): AddressType[] {
  const families = service.spec.ipFamilies ?? [];
  if (families.length > 0) return families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
  return (service.spec.clusterIP ?? '').includes(':') ? ['IPv6'] : ['IPv4'];
}

/** What is kept for one Service between syncs. */
interface ServiceState {
  readonly planners: Map<AddressType, SlicePlanner>;
  readonly times: TriggerTimes;
}

type Write = (done: RequestDone) => void;

export class EndpointSliceController extends Controller {
  readonly #services: ObjectCache<Service>;
  readonly #slices: ObjectCache<EndpointSlice>;
  readonly #nodes: ObjectCache<Node>;
  readonly #members: ServiceMembers;
  readonly #options: EndpointSliceOptions;
  readonly #tracker = new SliceTracker();
  readonly #states = new Map<string, ServiceState>();
  /** The number under which changes of Pods are read. */
  readonly #reader: number;
  /** Counts Nodes that have gone or changed their zone. */
  #nodesVersion = 0;

  constructor(context: ControllerContext, members: ServiceMembers, options: EndpointSliceOptions) {
    super(context, {
      name: 'endpointslice-controller',
      component: 'endpoint-slice-controller',
      workers: options.workers,
      maxRetries: MAX_RETRIES,
      retry: { baseMicros: MICROS_PER_SECOND, maxMicros: 1000 * MICROS_PER_SECOND },
    });
    this.#options = options;
    this.#members = members;
    this.#services = context.cache(SERVICES);
    this.#nodes = context.cache(NODES);
    this.#slices = context.cache(ENDPOINT_SLICES);
    this.#slices.addIndex(SERVICE_INDEX, (slice) => {
      const key = serviceKeyOf(slice);
      return key === undefined ? [] : [key];
    });
    this.#slices.addHandler({
      added: (slice) => this.#sliceSeen(slice),
      updated: (_old, slice) => this.#sliceSeen(slice),
      deleted: (slice) => this.#sliceDeleted(slice),
    });
    this.#nodes.addHandler({
      updated: (old, node) => {
        if (old.metadata.labels !== node.metadata.labels && zoneOf(old) !== zoneOf(node)) this.#nodesVersion++;
      },
      deleted: () => {
        this.#nodesVersion++;
      },
    });
    this.#reader = members.listen((key) => this.#serviceChanged(key));
  }

  #serviceChanged(key: string): void {
    if (this.#options.batchPeriodMicros === 0) this.queue.add(key);
    else this.queue.addAfter(key, this.#options.batchPeriodMicros);
  }

  #sliceSeen(slice: EndpointSlice): void {
    const key = serviceKeyOf(slice);
    if (key !== undefined && this.#tracker.isForeign(key, slice)) this.#queueForeign(key);
  }

  #sliceDeleted(slice: EndpointSlice): void {
    const key = serviceKeyOf(slice);
    if (key !== undefined && !this.#tracker.deleted(key, slice)) this.#queueForeign(key);
  }

  #queueForeign(key: string): void {
    this.queue.addAfter(key, Math.max(FOREIGN_CHANGE_DELAY_MICROS, this.#options.batchPeriodMicros));
  }

  #stateOf(key: string): ServiceState {
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { planners: new Map(), times: new TriggerTimes() };
      this.#states.set(key, state);
    }
    return state;
  }

  protected override sync(key: string, done: SyncDone): void {
    const { namespace, name } = splitKey(key);
    const service = this.#services.get(namespace, name);
    if (service === undefined) {
      this.#states.delete(key);
      this.#tracker.forget(key);
      done();
      return;
    }
    if (serviceSelector(service) === undefined) {
      done();
      return;
    }
    const existing = [...this.#slices.byIndex(SERVICE_INDEX, key)].filter(
      (slice) => slice.metadata.deletionTimestamp === undefined,
    );
    if (this.#tracker.isStale(key, existing)) {
      done('EndpointSlice informer cache is out of date');
      return;
    }
    const { writes, withoutNode } = this.#plan(key, service, existing);
    const missing = withoutNode[0] === undefined ? undefined : `skipping Pod ${withoutNode[0]}: its Node is not found`;
    oneByOne(
      writes,
      (write, written) => write(written),
      (error) => {
        const problem = error ?? missing;
        if (error !== undefined) {
          const text = `Error updating Endpoint Slices for Service ${key}: ${error}`;
          this.recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', text);
        }
        done(problem);
      },
    );
  }

  #plan(key: string, service: Service, existing: readonly EndpointSlice[]) {
    const state = this.#stateOf(key);
    const pods = this.#members.podsOf(key) as ServicePods;
    const changed = pods.takeChanged(this.#reader);
    const triggered = state.times.nextOf(service, pods, changed);
    const types = addressTypesOf(service);
    const create: Write[] = [];
    const change: Write[] = [];
    const withoutNode: string[] = [];
    const remove = existing.filter((slice) => !types.includes(slice.addressType as AddressType));
    for (const addressType of types) {
      const ofType = existing.filter((slice) => slice.addressType === addressType);
      const isOwn = (slice: EndpointSlice): boolean => controllerOf(slice)?.uid === service.metadata.uid;
      const input = {
        service,
        pods,
        existing: ofType.filter(isOwn),
        maxEndpoints: this.#options.maxEndpointsPerSlice,
        addressType,
        nodeOf: this.#nodeOf,
        nodesVersion: this.#nodesVersion,
      };
      const plan = plannerOf(state, addressType).plan(input, changed);
      remove.push(...ofType.filter((slice) => !isOwn(slice)), ...plan.delete);
      withoutNode.push(...plan.withoutNode);
      if (service.metadata.deletionTimestamp === undefined) {
        for (const slice of plan.create) create.push(this.#creation(key, stamped(slice, triggered)));
      }
      for (const slice of plan.update) change.push(this.#update(key, stamped(slice, triggered)));
    }
    const deletions = remove.map((slice) => this.#deletion(key, slice));
    return { writes: [...create, ...change, ...deletions], withoutNode };
  }

  readonly #nodeOf = (name: string): Node | undefined => this.#nodes.get(undefined, name);

  #creation(key: string, slice: EndpointSlice): Write {
    return (done) =>
      this.context.client.create(ENDPOINT_SLICES, slice, (result) => {
        if (result.ok) this.#tracker.written(key, result.object);
        done(result.ok || isNamespaceTerminating(result.status) ? undefined : messageOf(result));
      });
  }

  #update(key: string, slice: EndpointSlice): Write {
    return (done) =>
      this.context.client.update(ENDPOINT_SLICES, slice, (result) => {
        if (result.ok) this.#tracker.written(key, result.object);
        done(result.ok ? undefined : messageOf(result));
      });
  }

  #deletion(key: string, slice: EndpointSlice): Write {
    return (done) =>
      this.context.client.delete(ENDPOINT_SLICES, slice.metadata.namespace, slice.metadata.name, {}, (result) => {
        const gone = result.ok || result.status.reason === 'NotFound';
        // A slice that is seen to go before the answer comes must not be expected any more.
        if (result.ok && this.#slices.get(slice.metadata.namespace, slice.metadata.name) !== undefined) {
          this.#tracker.expectDeletion(key, slice);
        }
        done(gone ? undefined : messageOf(result));
      });
  }
}

function zoneOf(node: Node): string {
  return node.metadata.labels?.[ZONE_LABEL] ?? '';
}

function plannerOf({ planners }: ServiceState, addressType: AddressType): SlicePlanner {
  let planner = planners.get(addressType);
  if (planner === undefined) {
    planner = new SlicePlanner();
    planners.set(addressType, planner);
  }
  return planner;
}

/** With the time of the change that it reacts to, or without any; empty lists are null, as the API shows them. */
function stamped(slice: EndpointSlice, triggered: string | undefined): EndpointSlice {
  return {
    ...slice,
    metadata: withTriggerTime(slice.metadata, slice.metadata.annotations, triggered),
    endpoints: (slice.endpoints?.length ?? 0) === 0 ? null : slice.endpoints,
    ports: (slice.ports?.length ?? 0) === 0 ? null : (slice.ports ?? null),
  };
}
