/**
 * The operations of a workload with its parameters put in. Source: test/integration/scheduler_perf/operations.go.
 */
import type { Labels } from '../../../models/objects/meta.ts';
import type { TemplateEnvironment } from './go-template.ts';

/** A file that holds an object template, as an absolute or relative path that can be opened. */
export type TemplatePath = string;

export interface CreateNodes {
  readonly opcode: 'createNodes';
  readonly count: number;
  /** Undefined: upstream's base Node (4 CPU, 32 Gi, 110 Pods). */
  readonly template: TemplatePath | undefined;
  readonly templateParams: TemplateEnvironment;
  readonly prepare: NodePreparation;
}

/** What is done to each Node; at most one, as upstream. */
export type NodePreparation =
  | { readonly kind: 'none' }
  | { readonly kind: 'label'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'uniqueLabel'; readonly key: string }
  | {
      readonly kind: 'allocatable';
      readonly allocatable: Readonly<Record<string, string>>;
      readonly csi: readonly { readonly driver: string; readonly count: number }[];
      readonly migratedPlugins: readonly string[];
    };

export interface CreateNamespaces {
  readonly opcode: 'createNamespaces';
  readonly prefix: string;
  readonly count: number;
  readonly template: TemplatePath | undefined;
}

export interface CreatePods {
  readonly opcode: 'createPods';
  readonly count: number;
  /** Undefined: `namespace-<index of the operation>`. */
  readonly namespace: string | undefined;
  /** Undefined: upstream's base Pod (100m CPU, 500 Mi). */
  readonly template: TemplatePath | undefined;
  readonly templateParams: TemplateEnvironment;
  readonly collectMetrics: boolean;
  readonly skipWaitToCompletion: boolean;
  readonly volumes: { readonly volume: TemplatePath; readonly claim: TemplatePath } | undefined;
  /** So many Pods in a row get one value of the label `signature`; undefined: none gets it. */
  readonly signatureBatchSize: number | undefined;
}

export interface CreatePodSets {
  readonly opcode: 'createPodSets';
  readonly count: number;
  readonly namespacePrefix: string;
  readonly createPods: CreatePods;
}

export interface DeletePods {
  readonly opcode: 'deletePods';
  readonly namespace: string;
  readonly labels: Labels;
  /** 0: all at once. */
  readonly podsPerSecond: number;
  readonly skipWaitToCompletion: boolean;
}

export interface Churn {
  readonly opcode: 'churn';
  readonly mode: 'create' | 'recreate';
  /** 0: without end. */
  readonly number: number;
  readonly intervalMillis: number;
  readonly namespace: string | undefined;
  readonly templates: readonly TemplatePath[];
}

export interface Barrier {
  readonly opcode: 'barrier';
  /** None: all with Pods that nobody has waited for. */
  readonly namespaces: readonly string[];
  readonly labels: Labels;
  readonly stage: 'Scheduled' | 'Attempted';
}

export interface CreateAny {
  readonly opcode: 'createAny';
  readonly count: number;
  readonly namespace: string | undefined;
  readonly template: TemplatePath;
  readonly templateParams: TemplateEnvironment;
}

export interface Sleep {
  readonly opcode: 'sleep';
  readonly durationMicros: number;
}

export interface StartCollectingMetrics {
  readonly opcode: 'startCollectingMetrics';
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly labels: Labels;
}

export interface StopCollectingMetrics {
  readonly opcode: 'stopCollectingMetrics';
}

export type Operation =
  | CreateNodes
  | CreateNamespaces
  | CreatePods
  | CreatePodSets
  | DeletePods
  | Churn
  | Barrier
  | CreateAny
  | Sleep
  | StartCollectingMetrics
  | StopCollectingMetrics;

export const OPCODES: readonly Operation['opcode'][] = [
  'createNodes',
  'createNamespaces',
  'createPods',
  'createPodSets',
  'createAny',
  'deletePods',
  'churn',
  'barrier',
  'sleep',
  'startCollectingMetrics',
  'stopCollectingMetrics',
];

/** Opcodes that upstream has and the simulator does not, with what they need. */
export const UNMODELLED_OPCODES: ReadonlyMap<string, string> = new Map([
  ['createPodGroups', 'PodGroups'],
  ['waitForPodGroups', 'PodGroups'],
  ['createResourceClaims', 'dynamic resource allocation'],
  ['createResourceDriver', 'dynamic resource allocation'],
  ['allocResourceClaims', 'dynamic resource allocation'],
  ['update', 'updates of objects by a template'],
  ['startCollectingProfile', 'profiles of a Go process'],
  ['stopCollectingProfile', 'profiles of a Go process'],
]);
