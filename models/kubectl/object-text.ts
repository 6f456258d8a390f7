/**
 * Objects as text: YAML and JSON with sorted keys, as `kubectl get -o yaml|json` prints them.
 * Source of the layout: sigs.k8s.io/yaml (block style, two spaces, lists at the depth of their key).
 */

type Json = unknown;

/** Text that YAML would read as something else, or not at all, unless it is quoted. */
const AMBIGUOUS =
  /^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N|[-+]?(?:\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN)$/;
const NUMBER =
  /^[-+]?(?:0[xX][0-9a-fA-F_]+|0o?[0-7_]+|0b[01_]+|(?:[0-9][0-9_]*)?\.?[0-9_]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*\.)$/;
const DATE = /^\d{4}-\d\d?-\d\d?(?:[Tt ].*)?$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const LEADING = /^[-?:,[\]{}#&*!|>'"%@`]/;

function needsQuotes(text: string): boolean {
  if (AMBIGUOUS.test(text) || NUMBER.test(text) || DATE.test(text) || SEXAGESIMAL.test(text)) return true;
  if (text !== text.trim()) return true;
  if (LEADING.test(text) && !/^[-?:][^\s]/.test(text)) return true;
  return /: |:$| #|\p{Cc}/u.test(text);
}

function scalar(value: Json): string {
  if (typeof value !== 'string') return value === undefined ? 'null' : JSON.stringify(value);
  if (!needsQuotes(value)) return value;
  // Single quotes where nothing has to be escaped and the text could not be anything but text.
  const isPlainlyText = !AMBIGUOUS.test(value) && !NUMBER.test(value) && !DATE.test(value) && !SEXAGESIMAL.test(value);
  const hasControls = /\p{Cc}/u.test(value);
  return isPlainlyText && !hasControls ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function lines(value: Json, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = member('', item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  const fields = value as Record<string, Json>;
  return Object.keys(fields)
    .filter((key) => fields[key] !== undefined)
    .sort()
    .flatMap((key) => member(`${scalar(key)}:`, fields[key], indent));
}

/** Column behind which a text is continued on the next line, at its next single space. */
const FOLD_COLUMN = 80;

/** A scalar behind `prefix`, continued on lines of their own, two spaces deeper, where it is long. */
function folded(prefix: string, text: string, indent: string): string[] {
  const result: string[] = [];
  let line = prefix;
  const words = text.split(' ');
  for (const [i, word] of words.entries()) {
    const isSingleSpace = i > 1 || (i === 1 && words[0] !== '' && words[0] !== "'" && words[0] !== '"');
    const mayBreak =
      isSingleSpace && word !== '' && words[i - 1] !== '' && !(i === words.length - 1 && /^['"]$/.test(word));
    if (i > 0 && mayBreak && line.length > FOLD_COLUMN) {
      result.push(line);
      line = `${indent}  ${word}`;
    } else line += i === 0 ? word : ` ${word}`;
  }
  return [...result, line];
}

/** The lines of one field of a map, or of one item of a list when there is no key. */
function member(key: string, value: Json, indent: string): string[] {
  const prefix = key === '' ? '' : `${key} `;
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}${prefix}[]`];
    return key === '' ? lines(value, indent) : [`${indent}${key}`, ...lines(value, indent)];
  }
  if (typeof value === 'object' && value !== null) {
    if (isEmpty(value)) return [`${indent}${prefix}{}`];
    return key === '' ? lines(value, indent) : [`${indent}${key}`, ...lines(value, `${indent}  `)];
  }
  if (typeof value === 'string' && value.includes('\n') && !/[^\n\t\u0020-\u007e\u00a0-\uffff]/.test(value)) {
    const chomp = value.endsWith('\n') ? '|' : '|-';
    const body = value.replace(/\n$/, '').split('\n');
    return [`${indent}${prefix}${chomp}`, ...body.map((line) => (line === '' ? '' : `${indent}  ${line}`))];
  }
  return folded(`${indent}${prefix}`, scalar(value), indent);
}

export function yamlText(value: Json): string {
  return `${lines(value, '').join('\n')}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, Json>;
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((key) => [key, sorted(fields[key])]),
  );
}

/** With four spaces, as `kubectl get -o json` prints. */
export function jsonText(value: Json): string {
  return `${JSON.stringify(sorted(value), null, 4)}\n`;
}

/** On one line, without spaces; what the annotation of `kubectl apply` holds. */
export function compactJson(value: Json): string {
  return JSON.stringify(sorted(value));
}
