/** The k-th smallest (from 0) of the first `count` numbers; reorders them. Hoare's selection, linear on average. */
export function selectSmallest(numbers: Int32Array, count: number, k: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = numbers[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((numbers[i] as number) < pivot) i++;
      while ((numbers[j] as number) > pivot) j--;
      if (i <= j) {
        const swap = numbers[i] as number;
        numbers[i] = numbers[j] as number;
        numbers[j] = swap;
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return numbers[k] as number;
  }
  return numbers[k] as number;
}
