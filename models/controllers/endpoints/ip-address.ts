/** The canonical text of an IPv6 address (RFC 5952), as Go's net package writes it. */

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** The eight groups of an address, or undefined when the text is not one in hexadecimal groups. */
function expand(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] as string);
  const tail = halves[1] === undefined ? [] : groupsOf(halves[1]);
  const zeros = halves[1] === undefined ? 0 : 8 - head.length - tail.length;
  if (zeros < 0) return undefined;
  const groups = [...head, ...Array.from({ length: zeros }, () => 0), ...tail];
  return groups.length === 8 && groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined;
}

/** Start and length of the longest run of at least two zero groups; the first of equal ones. */
function longestZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [-1, 1];
  for (let i = 0; i < groups.length; i++) {
    let j = i;
    while (j < groups.length && groups[j] === 0) j++;
    if (j - i > best[1]) best = [i, j - i];
    if (j > i) i = j;
  }
  return best;
}

/** The same address in its one canonical spelling; text that cannot be read (or ends in IPv4 form) stays as it is. */
export function canonicalIPv6(text: string): string {
  const groups = text.includes('.') ? undefined : expand(text);
  if (groups === undefined) return text;
  const hex = groups.map((group) => group.toString(16));
  const [start, length] = longestZeros(groups);
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
