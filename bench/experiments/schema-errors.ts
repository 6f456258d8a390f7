/**
 * Turns what zod found wrong into one sentence: which field, what was found, what is accepted. Of several findings the
 * one that most likely is the cause comes first: a name that is not known before a value that is missing.
 */
import type { z } from 'zod';
import type { FieldPath } from '../workloads/documents.ts';
import { describe } from '../workloads/manifest-fields.ts';
import { suggestion } from '../workloads/near-word.ts';

type Issue = z.core.$ZodIssue;

export interface Finding {
  readonly path: FieldPath;
  /** "found X; accepted: Y" */
  readonly message: string;
}

/** The finding to show, and how many more there are. */
export function firstFinding(issues: readonly Issue[], value: unknown): { finding: Finding; more: number } {
  const flat = issues.flatMap((issue) => resolved(issue, []));
  const [first] = [...flat].sort((a, b) => rank(a) - rank(b));
  if (first === undefined) throw new Error('no issue to explain');
  return { finding: explain(first, value), more: flat.length - 1 };
}

const rank = (issue: Issue): number => (issue.code === 'unrecognized_keys' ? 0 : 1);

/** Replaces a failed union by the findings of the alternative that comes nearest. */
function resolved(issue: Issue, prefix: FieldPath): Issue[] {
  const path = [...prefix, ...(issue.path as FieldPath)];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const nearest = [...issue.errors].sort((a, b) => distance(a) - distance(b))[0] as Issue[];
  const inside = nearest.some((nested) => nested.path.length > 0 || nested.code === 'unrecognized_keys');
  return inside ? nearest.flatMap((nested) => resolved(nested, path)) : [{ ...issue, path }];
}

/** How far a value is from an alternative: wrong type outweighs all, then unknown fields at its top. */
function distance(issues: readonly Issue[]): number {
  let sum = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') sum += issue.keys.length * (issue.path.length === 0 ? 10 : 1);
    else if (issue.code === 'invalid_value' && issue.path.length === 1) sum += 5;
    else if (issue.path.length === 0) sum += 100;
    else sum += 1;
  }
  return sum;
}

function explain(issue: Issue, value: unknown): Finding {
  const path = issue.path as FieldPath;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string;
    const near = suggestion(key, issue.message.split(', '));
    return { path: [...path, key], message: `there is no such field; accepted: ${issue.message}${near}` };
  }
  // A check that has found its own words for what it found.
  if (issue.code === 'custom' && issue.params?.saysAll === true) return { path, message: issue.message };
  const found = at(value, path);
  if (issue.code === 'invalid_value') {
    return { path, message: `found ${describe(found)}; accepted: ${issue.values.map(String).join(', ')}` };
  }
  const expected = ownWords(issue.message) ?? (issue.code === 'invalid_type' ? TYPE_WORDS[issue.expected] : undefined);
  return { path, message: `found ${describe(found)}; accepted: ${expected ?? issue.message}` };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** The words of the schema; zod's own sentences begin with these. */
function ownWords(message: string): string | undefined {
  return /^(?:Invalid|Too|Unrecognized|Expected)/.test(message) ? undefined : message;
}

function at(value: unknown, path: FieldPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}
