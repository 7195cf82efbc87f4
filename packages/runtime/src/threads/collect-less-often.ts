// Garbage collection while rounds run. V8 counts the numbers of tensors towards its heap, and collects once that
// has grown by about half; main's heap is small, so that is every sixty rounds of a model of 50,000 weights, and a
// fifth of main's time. Letting it grow further first costs memory, so large models get less of it.
import { setFlagsFromString } from 'node:v8';

/** From sums of this many bytes on, a round takes so long that collecting is no matter, and memory is. */
const LARGE_SUMS = 4 << 20;

/** For the whole process, from the next collection on; `sumBytes` are those of one lane. */
export function collectLessOften(sumBytes: number): void {
  const percent = sumBytes < LARGE_SUMS ? 300 : 100;
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
