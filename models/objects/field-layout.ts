/** Which fields an object has, and in which order: what decides whether it can be copied field by field as a known literal. */
export function hasFields(object: object, fields: readonly string[]): boolean {
  let at = 0;
  for (const field in object) {
    if (field !== fields[at]) return false;
    at++;
  }
  return at === fields.length;
}
