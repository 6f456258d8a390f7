/**
 * What names, label keys and label values may look like, with Kubernetes' messages.
 * Source: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const LABEL_EXPRESSION = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_EXPRESSION = new RegExp(`^${SUBDOMAIN}$`);
const DNS_1035_EXPRESSION = new RegExp(`^${DNS_1035}$`);
const QUALIFIED_EXPRESSION = new RegExp(`^${QUALIFIED}$`);
const PREFIXED_EXPRESSION = new RegExp(`^(${SUBDOMAIN}/)?${QUALIFIED}$`);
const LABEL_VALUE_EXPRESSION = new RegExp(`^${LABEL_VALUE}$`);

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const DNS_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;

function expressionText(text: string, expression: string, ...examples: string[]): string {
  const list = examples.map((example) => `'${example}', `).join(' or ');
  return `${text} (e.g. ${list}regex used for validation is '${expression}')`;
}

function tooLong(max: number): string {
  return `must be no more than ${max} characters`;
}

/** Length in bytes of UTF-8, which is what Go counts. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Problems of a name that must be a DNS label (containers, ports, namespaces); empty when it is valid. */
export function dns1123LabelProblems(text: string): string[] {
  // What fits the expression has bytes as it has characters.
  if (text.length <= MAX_LABEL && LABEL_EXPRESSION.test(text)) return [];
  const problems = byteLength(text) > MAX_LABEL ? [tooLong(MAX_LABEL)] : [];
  if (!LABEL_EXPRESSION.test(text)) {
    problems.push(
      SUBDOMAIN_EXPRESSION.test(text)
        ? 'must not contain dots'
        : expressionText(LABEL_TEXT, LABEL, 'my-name', '123-abc'),
    );
  }
  return problems;
}

/** Problems of a name that must be a DNS subdomain (most objects); empty when it is valid. */
export function dns1123SubdomainProblems(text: string): string[] {
  if (text.length <= MAX_SUBDOMAIN && SUBDOMAIN_EXPRESSION.test(text)) return [];
  const problems = byteLength(text) > MAX_SUBDOMAIN ? [tooLong(MAX_SUBDOMAIN)] : [];
  if (!SUBDOMAIN_EXPRESSION.test(text)) problems.push(expressionText(SUBDOMAIN_TEXT, SUBDOMAIN, 'example.com'));
  return problems;
}

/** Problems of a name that must be a DNS label beginning with a letter (Services); empty when it is valid. */
export function dns1035LabelProblems(text: string): string[] {
  const problems = byteLength(text) > MAX_LABEL ? [tooLong(MAX_LABEL)] : [];
  if (!DNS_1035_EXPRESSION.test(text)) problems.push(expressionText(DNS_1035_TEXT, DNS_1035, 'my-name', 'abc-123'));
  return problems;
}

/** Problems of a label key, annotation key, taint key or resource name: an optional DNS prefix, "/", and a name. */
export function qualifiedNameProblems(text: string): string[] {
  // Where the whole is no longer than a name may be, neither part is too long.
  if (text.length <= MAX_LABEL && PREFIXED_EXPRESSION.test(text)) return [];
  const rule = expressionText(QUALIFIED_TEXT, QUALIFIED, 'MyName', 'my.name', '123-abc');
  const parts = text.split('/');
  if (parts.length > 2) {
    return [`a qualified name ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const problems: string[] = [];
  const name = parts.at(-1) as string;
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...dns1123SubdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (byteLength(name) > MAX_LABEL) problems.push(`name part ${tooLong(MAX_LABEL)}`);
  if (!QUALIFIED_EXPRESSION.test(name)) problems.push(`name part ${rule}`);
  return problems;
}

export function labelValueProblems(text: string): string[] {
  if (text.length <= MAX_LABEL && LABEL_VALUE_EXPRESSION.test(text)) return [];
  const problems = byteLength(text) > MAX_LABEL ? [tooLong(MAX_LABEL)] : [];
  if (!LABEL_VALUE_EXPRESSION.test(text)) {
    problems.push(expressionText(LABEL_VALUE_TEXT, LABEL_VALUE, 'MyValue', 'my_value', '12345'));
  }
  return problems;
}
