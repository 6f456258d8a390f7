/** Sets the first numbers of scratch arrays, which each decision does anew. */

/** With fewer numbers than this the call of `fill` takes longer than it saves. */
const FEW = 100;

export function refill(numbers: Int32Array | Float64Array | Uint8Array, value: number, length: number): void {
  if (length >= FEW) numbers.fill(value, 0, length);
  else for (let i = 0; i < length; i++) numbers[i] = value;
}
