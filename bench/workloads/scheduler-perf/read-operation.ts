/** Reads one operation of a workload template with a workload's parameters. Source: as operations.ts. */
import { dirname, relative, resolve, sep } from 'node:path';
import type { Labels } from '../../../models/objects/meta.ts';
import { Fields } from './fields.ts';
import type { TemplateEnvironment } from './go-template.ts';
import { requireTemplate } from './object-template.ts';
import {
  type Barrier,
  type Churn,
  type CreateAny,
  type CreateNamespaces,
  type CreateNodes,
  type CreatePods,
  type CreatePodSets,
  type DeletePods,
  type NodePreparation,
  type Operation,
  OPCODES,
  type Sleep,
  type StartCollectingMetrics,
  type TemplatePath,
  UNMODELLED_OPCODES,
} from './operations.ts';

/** What a workload gives its operations. */
export interface OperationContext {
  readonly params: Fields | undefined;
  readonly defaultPodTemplate: TemplatePath | undefined;
}

type Read<T> = (fields: Fields, context: OperationContext) => T;

/** What cannot be run, found while reading. */
export class NotModelledError extends Error {
  override readonly name = 'NotModelledError';
}

const CREATE_PODS_FIELDS = [
  'opcode',
  'count',
  'countParam',
  'countMultiplierParam',
  'steadyState',
  'steadyStateParam',
  'duration',
  'durationParam',
  'collectMetrics',
  'namespace',
  'podTemplatePath',
  'skipWaitToCompletion',
  'persistentVolumeTemplatePath',
  'persistentVolumeClaimTemplatePath',
  'templateParams',
  'signatureBatchSize',
  'signatureBatchSizeParam',
];

const READERS: { readonly [Code in Operation['opcode']]: Read<Extract<Operation, { opcode: Code }>> } = {
  createNodes: readCreateNodes,
  createNamespaces: readCreateNamespaces,
  createPods: readCreatePods,
  createPodSets: readCreatePodSets,
  createAny: readCreateAny,
  deletePods: readDeletePods,
  churn: readChurn,
  barrier: readBarrier,
  sleep: readSleep,
  startCollectingMetrics: readStartCollectingMetrics,
  stopCollectingMetrics: readStopCollectingMetrics,
};

/** Whether the opcode is one of upstream's. @throws BadInputError when it is none. */
export function checkOpcode(fields: Fields): string {
  const opcode = fields.requiredText('opcode');
  if ((OPCODES as readonly string[]).includes(opcode) || UNMODELLED_OPCODES.has(opcode)) return opcode;
  const notRun = [...UNMODELLED_OPCODES.keys()].join(', ');
  throw fields.error('opcode', `found ${opcode}; accepted: ${OPCODES.join(', ')}; read, but not modelled: ${notRun}`);
}

/** @throws BadInputError; NotModelledError for what is right and cannot be run; MissingTemplateError */
export function readOperation(fields: Fields, context: OperationContext): Operation {
  const opcode = checkOpcode(fields);
  const missing = UNMODELLED_OPCODES.get(opcode);
  if (missing !== undefined) throw new NotModelledError(`opcode ${opcode}: ${missing}`);
  return READERS[opcode as Operation['opcode']](fields, context);
}

/** The value of the parameter that a field such as countParam names by `$NAME`. */
function parameter(fields: Fields, name: string, { params }: OperationContext): unknown {
  const reference = fields.text(name);
  if (reference === undefined || reference === '') return undefined;
  if (!reference.startsWith('$'))
    throw fields.error(name, `found ${reference}; accepted is $ and the name of a parameter`);
  return parameterNamed(fields, name, reference.slice(1), params);
}

function parameterNamed(fields: Fields, field: string, name: string, params: Fields | undefined): unknown {
  const key = params?.keys.find((one) => one === name);
  if (key !== undefined) return params?.raw(key);
  const known = params?.keys.join(', ') || 'none, the workload has no params';
  throw fields.error(field, `the workload has no parameter ${name}; accepted: ${known}`);
}

function countOf(fields: Fields, context: OperationContext, fallback?: number): number {
  const given = parameter(fields, 'countParam', context);
  if (given !== undefined)
    return fields.countOf('countParam', given, 'accepted is a parameter that is a whole number from 0');
  const count = fields.count('count') ?? fallback;
  if (count === undefined) throw fields.error(undefined, 'found neither count nor countParam; accepted is one of them');
  return count;
}

function templateParams(fields: Fields, { params }: OperationContext): TemplateEnvironment {
  return Object.fromEntries(
    fields.entries('templateParams').map(([name, value]) => {
      const isReference = typeof value === 'string' && value.startsWith('$');
      return [name, isReference ? parameterNamed(fields, 'templateParams', value.slice(1), params) : value];
    }),
  );
}

/** A path beside the file that names it. @throws MissingTemplateError when nothing is there */
export function templatePath(fields: Fields, name: string): TemplatePath | undefined {
  const path = fields.text(name);
  return path === undefined ? undefined : templateBeside(fields, name, path);
}

function templateBeside(fields: Fields, name: string, path: string): TemplatePath {
  const file = resolve(dirname(fields.document.file), path);
  const shown = relative('.', file);
  const short = shown.startsWith(`..${sep}..${sep}..${sep}..`) ? file : shown;
  return requireTemplate(short, (message) => fields.error(name, message));
}

function requiredTemplate(fields: Fields, name: string): TemplatePath {
  fields.requiredText(name);
  return templatePath(fields, name) as TemplatePath;
}

function labelsOf(fields: Fields): Labels {
  return Object.fromEntries(fields.entries('labelSelector').map(([key, value]) => [key, String(value)]));
}

function readCreateNodes(fields: Fields, context: OperationContext): CreateNodes {
  const strategies = ['nodeAllocatableStrategy', 'labelNodePrepareStrategy', 'uniqueNodeLabelStrategy'];
  fields.accept(['opcode', 'count', 'countParam', 'nodeTemplatePath', ...strategies, 'templateParams']);
  return {
    opcode: 'createNodes',
    count: countOf(fields, context),
    template: templatePath(fields, 'nodeTemplatePath'),
    templateParams: templateParams(fields, context),
    prepare: preparationOf(fields),
  };
}

function preparationOf(fields: Fields): NodePreparation {
  const label = fields.object('labelNodePrepareStrategy', ['labelKey', 'labelValues']);
  const unique = fields.object('uniqueNodeLabelStrategy', ['labelKey']);
  const names = ['nodeAllocatable', 'csiNodeAllocatable', 'migratedPlugins'];
  const allocatable = fields.object('nodeAllocatableStrategy', names);
  if (allocatable !== undefined) {
    const csi = allocatable.object('csiNodeAllocatable');
    return {
      kind: 'allocatable',
      allocatable: Object.fromEntries(
        allocatable.entries('nodeAllocatable').map(([name, amount]) => [name, String(amount)]),
      ),
      csi: (csi?.keys ?? []).map((driver) => ({ driver, count: csi?.object(driver, ['count'])?.count('count') ?? 0 })),
      migratedPlugins: allocatable.texts('migratedPlugins'),
    };
  }
  if (label !== undefined) {
    const values = label.texts('labelValues');
    if (values.length === 0) throw label.error('labelValues', 'found none; accepted is a list of one or more texts');
    return { kind: 'label', key: label.requiredText('labelKey'), values };
  }
  return unique === undefined ? { kind: 'none' } : { kind: 'uniqueLabel', key: unique.requiredText('labelKey') };
}

function readCreateNamespaces(fields: Fields, context: OperationContext): CreateNamespaces {
  fields.accept(['opcode', 'prefix', 'count', 'countParam', 'namespaceTemplatePath']);
  return {
    opcode: 'createNamespaces',
    prefix: fields.requiredText('prefix'),
    count: countOf(fields, context),
    template: templatePath(fields, 'namespaceTemplatePath'),
  };
}

function readCreatePods(fields: Fields, context: OperationContext): CreatePods {
  fields.accept(CREATE_PODS_FIELDS);
  if (fields.raw('steadyState') !== undefined || fields.raw('steadyStateParam') !== undefined) {
    throw new NotModelledError('createPods in a steady state');
  }
  const [collectMetrics, skipWaitToCompletion] = [fields.flag('collectMetrics'), fields.flag('skipWaitToCompletion')];
  if (collectMetrics && skipWaitToCompletion) {
    throw fields.error('skipWaitToCompletion', 'found true with collectMetrics; accepted is one of them');
  }
  const multiplier = parameter(fields, 'countMultiplierParam', context) ?? 1;
  const wanted = 'accepted is a parameter that is a whole number from 0';
  return {
    opcode: 'createPods',
    count: countOf(fields, context) * fields.countOf('countMultiplierParam', multiplier, wanted),
    namespace: fields.text('namespace'),
    template: templatePath(fields, 'podTemplatePath') ?? context.defaultPodTemplate,
    templateParams: templateParams(fields, context),
    collectMetrics,
    skipWaitToCompletion,
    volumes: volumesOf(fields),
    signatureBatchSize: batchSizeOf(fields, context),
  };
}

function volumesOf(fields: Fields): CreatePods['volumes'] {
  const volume = templatePath(fields, 'persistentVolumeTemplatePath');
  const claim = templatePath(fields, 'persistentVolumeClaimTemplatePath');
  if (volume === undefined && claim === undefined) return undefined;
  if (volume !== undefined && claim !== undefined) return { volume, claim };
  const name = volume === undefined ? 'persistentVolumeClaimTemplatePath' : 'persistentVolumeTemplatePath';
  throw fields.error(
    name,
    'found one of persistentVolumeTemplatePath, persistentVolumeClaimTemplatePath; accepted: both',
  );
}

function batchSizeOf(fields: Fields, context: OperationContext): number | undefined {
  const given = parameter(fields, 'signatureBatchSizeParam', context);
  if (given === undefined) return fields.count('signatureBatchSize') || undefined;
  return (
    fields.countOf('signatureBatchSizeParam', given, 'accepted is a parameter that is a whole number') || undefined
  );
}

function readCreatePodSets(fields: Fields, context: OperationContext): CreatePodSets {
  fields.accept(['opcode', 'count', 'countParam', 'namespacePrefix', 'createPodsOp']);
  const inner = fields.object('createPodsOp');
  if (inner === undefined) throw fields.error(undefined, 'found no createPodsOp; accepted is a createPods operation');
  const code = inner.text('opcode') ?? 'createPods';
  if (code !== 'createPods') throw inner.error('opcode', `found ${code}; accepted: createPods`);
  return {
    opcode: 'createPodSets',
    count: countOf(fields, context),
    namespacePrefix: fields.requiredText('namespacePrefix'),
    createPods: readCreatePods(inner, context),
  };
}

function readCreateAny(fields: Fields, context: OperationContext): CreateAny {
  fields.accept(['opcode', 'namespace', 'templatePath', 'count', 'countParam', 'templateParams']);
  return {
    opcode: 'createAny',
    count: countOf(fields, context, 1),
    namespace: fields.text('namespace'),
    template: requiredTemplate(fields, 'templatePath'),
    templateParams: templateParams(fields, context),
  };
}

function readDeletePods(fields: Fields): DeletePods {
  fields.accept(['opcode', 'namespace', 'labelSelector', 'skipWaitToCompletion', 'deletePodsPerSecond']);
  return {
    opcode: 'deletePods',
    namespace: fields.requiredText('namespace'),
    labels: labelsOf(fields),
    podsPerSecond: fields.count('deletePodsPerSecond') ?? 0,
    skipWaitToCompletion: fields.flag('skipWaitToCompletion'),
  };
}

/** Source: executor.go runChurnOp. */
const CHURN_INTERVAL_MILLIS = 500;

function readChurn(fields: Fields): Churn {
  fields.accept(['opcode', 'mode', 'number', 'intervalMilliseconds', 'namespace', 'templatePaths']);
  const mode = fields.requiredText('mode');
  if (mode !== 'create' && mode !== 'recreate') {
    throw fields.error('mode', `found ${mode}; accepted: create, recreate`);
  }
  const number = fields.count('number') ?? 0;
  if (mode === 'recreate' && number === 0) throw fields.error('number', 'found 0; accepted with recreate: from 1');
  const templates = fields.texts('templatePaths').map((path) => templateBeside(fields, 'templatePaths', path));
  if (templates.length === 0) throw fields.error('templatePaths', 'found none; accepted is one or more files');
  const intervalMillis = fields.count('intervalMilliseconds') || CHURN_INTERVAL_MILLIS;
  return { opcode: 'churn', mode, number, intervalMillis, namespace: fields.text('namespace'), templates };
}

function readBarrier(fields: Fields): Barrier {
  fields.accept(['opcode', 'namespaces', 'labelSelector', 'stageRequirement']);
  const stage = fields.text('stageRequirement') || 'Scheduled';
  if (stage !== 'Scheduled' && stage !== 'Attempted') {
    throw fields.error('stageRequirement', `found ${stage}; accepted: Scheduled, Attempted`);
  }
  return { opcode: 'barrier', namespaces: fields.texts('namespaces'), labels: labelsOf(fields), stage };
}

const UNIT_MICROS: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };

function readSleep(fields: Fields, context: OperationContext): Sleep {
  fields.accept(['opcode', 'duration', 'durationParam']);
  const text = String(parameter(fields, 'durationParam', context) ?? fields.requiredText('duration'));
  if (!/^(?:[0-9]+(?:\.[0-9]+)?(?:us|ms|s|m|h))+$/.test(text)) {
    throw fields.error('duration', `found ${text}; accepted is a duration such as 500ms, 10s or 1m30s`);
  }
  let micros = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(us|ms|s|m|h)/g)) {
    micros += Number(amount) * (UNIT_MICROS[unit as string] as number);
  }
  return { opcode: 'sleep', durationMicros: Math.round(micros) };
}

function readStartCollectingMetrics(fields: Fields): StartCollectingMetrics {
  fields.accept(['opcode', 'name', 'namespaces', 'labelSelector']);
  const namespaces = fields.texts('namespaces');
  if (namespaces.length === 0) throw fields.error('namespaces', 'found none; accepted is one or more namespaces');
  return { opcode: 'startCollectingMetrics', name: fields.text('name') ?? '', namespaces, labels: labelsOf(fields) };
}

function readStopCollectingMetrics(fields: Fields): { readonly opcode: 'stopCollectingMetrics' } {
  fields.accept(['opcode']);
  return { opcode: 'stopCollectingMetrics' };
}
