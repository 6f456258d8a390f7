/**
 * The pod-template-hash of a template, by which ReplicaSets and DaemonSet revisions are named.
 *
 * NOT EXACT YET: an FNV-1a of the template's JSON instead of the dump that Kubernetes hashes (pkg/controller
 * ComputeHash). It is deterministic and has the real alphabet; the exact function takes its place here.
 */
import type { PodTemplateSpec } from '../objects/pod.ts';

/** The ten letters that digits become (apimachinery/pkg/util/rand SafeEncodeString). */
const LETTERS = '456789bcdf';

export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  const text = JSON.stringify(template) + (collisionCount ?? '');
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return String(hash >>> 0).replace(/[0-9]/g, (digit) => LETTERS[Number(digit)] as string);
}
