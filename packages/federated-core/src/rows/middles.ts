// Order statistics of each coordinate over the rows of a cohort: its median, or its mean without the ends. A few dozen
// coordinates are turned into columns at a time, which stay in a core's cache, and each column is only partly sorted:
// Hoare, "Algorithm 65: Find", CACM 4(7), 1961.

export type FloatArray = Float32Array | Float64Array;

/** Coordinates that are turned into columns at a time. */
const BLOCK = 64;

/**
 * `RowKernels.middles` of the coordinates from `from` to before `to`. What is kept is added up in the order of rows.
 */
export function middlesOf(
  rows: readonly FloatArray[],
  trim: number,
  target: FloatArray,
  from: number,
  to: number,
): void {
  const n = rows.length;
  const kept = n - 2 * trim;
  const columns = new Float64Array(n * BLOCK);
  const [low, high] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  for (let start = from; start < to; start += BLOCK) {
    const width = Math.min(BLOCK, to - start);
    for (let row = 0; row < n; row++) {
      const numbers = rows[row]!;
      for (let at = 0; at < width; at++) columns[at * n + row] = numbers[start + at]!;
    }
    for (let at = 0; at < width; at++) {
      const first = at * n;
      low[at] = select(columns, first, first + n, first + trim);
      high[at] = kept === 1 ? low[at]! : ofHigherRank(columns, first, n, trim);
    }
    if (kept <= 2) {
      // −0 becomes 0, whichever of equal numbers was found.
      for (let at = 0; at < width; at++) target[start + at] = between(low[at]!, high[at]!) + 0;
    } else {
      meansBetween(rows, start, width, low, high, trim, target);
    }
  }
}

/** The mean of two numbers, also of those whose sum is beyond float64. */
function between(low: number, high: number): number {
  const sum = low + high;
  return Number.isFinite(sum) ? sum / 2 : low / 2 + high / 2;
}

/** The number of rank n − 1 − `trim` of a column whose numbers from rank `trim` on lie behind that one. */
function ofHigherRank(columns: Float64Array, first: number, n: number, trim: number): number {
  const wanted = first + n - 1 - trim;
  const start = first + trim + 1;
  if (wanted > start) return select(columns, start, first + n, wanted);
  let least = Number.POSITIVE_INFINITY;
  for (let index = start; index < first + n; index++) if (columns[index]! < least) least = columns[index]!;
  return least;
}

/** Means of the numbers between two of known rank; of those equal to either, as many as are not cut off count. */
function meansBetween(
  rows: readonly FloatArray[],
  start: number,
  width: number,
  low: Float64Array,
  high: Float64Array,
  trim: number,
  target: FloatArray,
): void {
  const sums = new Float64Array(width);
  const atMostLow = new Int32Array(width);
  const belowHigh = new Int32Array(width);
  for (const numbers of rows) {
    for (let at = 0; at < width; at++) {
      const x = numbers[start + at]!;
      if (x < high[at]!) belowHigh[at] = belowHigh[at]! + 1;
      if (x <= low[at]!) atMostLow[at] = atMostLow[at]! + 1;
      else if (x < high[at]!) sums[at] = sums[at]! + x;
    }
  }
  const n = rows.length;
  for (let at = 0; at < width; at++) {
    const [least, greatest] = [low[at]!, high[at]!];
    const ends = (atMostLow[at]! - trim) * least + (n - trim - belowHigh[at]!) * greatest;
    target[start + at] = least === greatest ? least + 0 : (sums[at]! + ends) / (n - 2 * trim) + 0;
  }
}

/**
 * The number of rank `wanted` − `from` of those in [from, to), which then stands at `wanted`, lesser ones before it.
 */
function select(numbers: Float64Array, from: number, to: number, wanted: number): number {
  let [low, high] = [from, to - 1];
  while (low < high) {
    const pivot = numbers[wanted]!;
    let left = low;
    let right = high;
    do {
      while (numbers[left]! < pivot) left++;
      while (pivot < numbers[right]!) right--;
      if (left <= right) {
        const moved = numbers[left]!;
        numbers[left] = numbers[right]!;
        numbers[right] = moved;
        left++;
        right--;
      }
    } while (left <= right);
    if (right < wanted) low = left;
    if (wanted < left) high = right;
  }
  return numbers[wanted]!;
}
