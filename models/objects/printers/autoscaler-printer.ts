/**
 * HorizontalPodAutoscalers (autoscaling/v2) as `kubectl get` shows them.
 * Source: pkg/printers/internalversion/printers.go (formatHPAMetrics).
 */
import type { KubeObject } from '../meta.ts';
import { formatQuantity } from '../quantity.ts';
import { quantityOf } from '../quantity-values.ts';
import { age, columns, NONE, type TablePrinter, UNKNOWN, UNSET } from './table.ts';

interface MetricValue {
  readonly value?: string | number;
  readonly averageValue?: string | number;
  readonly averageUtilization?: number;
}

interface Metric {
  readonly name?: string;
  readonly target?: MetricValue;
  readonly current?: MetricValue;
}

interface MetricSource {
  readonly type: string;
  readonly resource?: Metric;
  readonly containerResource?: Metric;
  readonly pods?: Metric;
  readonly object?: Metric;
  readonly external?: Metric;
}

interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly MetricSource[];
  };
  readonly status?: { readonly currentReplicas?: number; readonly currentMetrics?: readonly MetricSource[] | null };
}

const SHOWN_METRICS = 2;

function amount(value: string | number | undefined): string {
  return formatQuantity(quantityOf(value ?? '0'));
}

/** CPU or memory of Pods or of one container: an amount, or a share of the requests. */
function resourceText(metric: Metric | undefined, current: Metric | undefined): string {
  const target = metric?.target;
  if (target?.averageValue !== undefined) {
    const found = current === undefined ? UNKNOWN : amount(current.current?.averageValue);
    return `${metric?.name ?? ''}: ${found}/${amount(target.averageValue)}`;
  }
  const used = current?.current?.averageUtilization;
  const wanted = target?.averageUtilization;
  const share = wanted === undefined ? '<auto>' : `${wanted}%`;
  return `${metric?.name ?? ''}: ${used === undefined ? UNKNOWN : `${used}%`}/${share}`;
}

/** A metric of an object or from outside: a value, or an average over Pods. */
function valueText(metric: Metric | undefined, current: Metric | undefined): string {
  const target = metric?.target;
  if (target?.averageValue !== undefined) {
    const found = current?.current?.averageValue;
    return `${found === undefined ? UNKNOWN : amount(found)}/${amount(target.averageValue)} (avg)`;
  }
  return `${current === undefined ? UNKNOWN : amount(current.current?.value)}/${amount(target?.value)}`;
}

function metricText(metric: MetricSource, current: MetricSource | undefined): string {
  switch (metric.type) {
    case 'External':
      return valueText(metric.external, current?.external);
    case 'Object':
      return valueText(metric.object, current?.object);
    case 'Pods': {
      const found = current?.pods === undefined ? UNKNOWN : amount(current.pods.current?.averageValue);
      return `${found}/${amount(metric.pods?.target?.averageValue)}`;
    }
    case 'Resource':
      return resourceText(metric.resource, current?.resource);
    case 'ContainerResource':
      return resourceText(metric.containerResource, current?.containerResource);
    default:
      return '<unknown type>';
  }
}

function metricsText({ spec, status }: Autoscaler): string {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return NONE;
  const shown = metrics
    .slice(0, SHOWN_METRICS)
    .map((metric, i) => metricText(metric, status?.currentMetrics?.[i]))
    .join(', ');
  return metrics.length > SHOWN_METRICS ? `${shown} + ${metrics.length - SHOWN_METRICS} more...` : shown;
}

export const autoscalerPrinter: TablePrinter<Autoscaler> = {
  columns: columns('Name', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'),
  row(autoscaler, now) {
    const { metadata, spec, status } = autoscaler;
    return [
      metadata.name,
      `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
      metricsText(autoscaler),
      spec.minReplicas === undefined ? UNSET : String(spec.minReplicas),
      spec.maxReplicas,
      status?.currentReplicas ?? 0,
      age(metadata.creationTimestamp, now),
    ];
  },
};
