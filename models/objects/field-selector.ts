/**
 * Field selectors: the text form `metadata.name=a,spec.nodeName!=b`, and matching against a map from field to value.
 * Source: staging/src/k8s.io/apimachinery/pkg/fields/selector.go.
 */

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export class FieldSelectorError extends Error {
  override readonly name = 'FieldSelectorError';
}

/** Cuts at commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescaped(text: string): string {
  let result = '';
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    if (character === ',' || character === '=') {
      const code = character.codePointAt(0);
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${code}`);
    }
    if (character !== '\\') {
      result += character;
      continue;
    }
    const next = characters[++i] ?? '';
    if (next === '' || !'\\,='.includes(next)) {
      throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
    }
    result += next;
  }
  return result;
}

function requirementOf(term: string, selector: string): FieldRequirement {
  const operatorAt = /!=|==|=/.exec(term);
  if (operatorAt === null) {
    throw new FieldSelectorError(`invalid selector: '${selector}'; can't understand '${term}'`);
  }
  const field = term.slice(0, operatorAt.index);
  const value = unescaped(term.slice(operatorAt.index + operatorAt[0].length));
  return { field, operator: operatorAt[0] === '!=' ? '!=' : '=', value };
}

/** The requirements of a selector's text, in order of their text; "=" alone restricts nothing. @throws FieldSelectorError with Kubernetes' message. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return splitTerms(text)
    .sort()
    .filter((term) => term !== '')
    .map((term) => requirementOf(term, text))
    .filter(({ field, value }) => field !== '' || value !== '');
}

export function fieldSelectorText(requirements: readonly FieldRequirement[]): string {
  return requirements
    .map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`)
    .join(',');
}

/** A field that is missing counts as the empty text. */
export function fieldsMatch(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '='));
}
