/**
 * Pieces of `kubectl describe` that several kinds share: labels, annotations, events, times. Lines hold tabs between their cells;
 * the whole is laid out at the end.
 * Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { KubeEvent } from '../../objects/cluster-objects.ts';
import { humanDuration } from '../../objects/duration-text.ts';
import type { KubeObject, Labels, OwnerReference } from '../../objects/meta.ts';
import { timestampToSeconds } from '../../objects/timestamp.ts';

const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SECONDS_PER_DAY = 86_400;
/** Longest annotation that stands beside its key. */
const MAX_ANNOTATION = 140;
const HIDDEN_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** "Sun, 22 Nov 2026 07:19:42 +0000". */
export function longTime(timestamp: string | null | undefined): string {
  if (!timestamp) return '<unset>';
  const seconds = timestampToSeconds(timestamp);
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  // 1970-01-01 was a Thursday.
  const weekday = WEEKDAYS[((day % 7) + 7) % 7];
  const [date = '', time = ''] = timestamp.split('T');
  const [year, month, dayOfMonth] = date.split('-');
  return `${weekday}, ${dayOfMonth} ${MONTHS[Number(month) - 1]} ${year} ${time.slice(0, 8)} +0000`;
}

/** Title and values, each value on a line of its own. */
export function multiline(title: string, values: readonly string[], indent = ''): string[] {
  if (values.length === 0) return [`${indent}${title}:\t<none>`];
  return values.map((value, i) => `${indent}${i === 0 ? `${title}:` : ''}\t${value}`);
}

export function labelLines(title: string, labels: Labels | null | undefined, indent = ''): string[] {
  const values = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${(labels as Labels)[key]}`);
  return multiline(title, values, indent);
}

/** A long annotation, or one of several lines, stands below its key. */
export function annotationLines(annotations: Labels | null | undefined, indent = ''): string[] {
  const keys = Object.keys(annotations ?? {})
    .filter((key) => key !== HIDDEN_ANNOTATION)
    .sort();
  if (keys.length === 0) return [`${indent}Annotations:\t<none>`];
  return keys.flatMap((key, i) => {
    const text = ((annotations as Labels)[key] as string).replace(/\n$/, '');
    const title = `${indent}${i === 0 ? 'Annotations:' : ''}\t`;
    if (text.length + key.length + 2 < MAX_ANNOTATION && !text.includes('\n')) return [`${title}${key}: ${text}`];
    const cut = text
      .split('\n')
      .map((line) => (line.length > MAX_ANNOTATION ? `${line.slice(0, MAX_ANNOTATION)}...` : line));
    return [`${title}${key}:`, ...cut.map((line) => `${indent}\t  ${line}`)];
  });
}

export function controllerLine(owners: readonly OwnerReference[] | undefined): string[] {
  const owner = owners?.find(({ controller }) => controller);
  return owner === undefined ? [] : [`Controlled By:\t${owner.kind}/${owner.name}`];
}

function since(timestamp: string | null | undefined, nowSeconds: number): string {
  return timestamp ? humanDuration(Math.floor(nowSeconds - timestampToSeconds(timestamp))) : '<unknown>';
}

function eventAge(event: KubeEvent, nowSeconds: number): string {
  const first = since(event.firstTimestamp || event.eventTime, nowSeconds);
  if (event.series) {
    return `${since(event.series.lastObservedTime, nowSeconds)} (x${event.series.count} over ${first})`;
  }
  if ((event.count ?? 0) > 1) return `${since(event.lastTimestamp, nowSeconds)} (x${event.count} over ${first})`;
  return first;
}

/** The time by which events are put in order. */
function eventTime(event: KubeEvent): string {
  return event.lastTimestamp || event.eventTime || '';
}

export function eventLines(events: readonly KubeEvent[], nowSeconds: number): string[] {
  if (events.length === 0) return ['Events:\t<none>'];
  const sorted = [...events].sort((x, y) => (eventTime(x) < eventTime(y) ? -1 : eventTime(x) > eventTime(y) ? 1 : 0));
  return [
    'Events:',
    '  Type\tReason\tAge\tFrom\tMessage',
    '  ----\t------\t----\t----\t-------',
    ...sorted.map((event) => {
      const from = event.source?.component || event.reportingComponent || '';
      const message = (event.message ?? '').trim();
      return `  ${event.type ?? ''}\t${event.reason ?? ''}\t${eventAge(event, nowSeconds)}\t${from}\t${message}`;
    }),
  ];
}

/** Whether an event is about an object. */
export function isAbout(event: KubeEvent, object: KubeObject): boolean {
  const { involvedObject } = event;
  if (involvedObject.kind !== object.kind || involvedObject.name !== object.metadata.name) return false;
  // Events about Nodes carry the Node's name in place of its uid.
  if (object.kind === 'Node') return true;
  return involvedObject.uid === undefined || involvedObject.uid === object.metadata.uid;
}
