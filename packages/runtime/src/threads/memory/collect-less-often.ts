// Garbage collection while rounds run. V8 counts the numbers of tensors towards its heap, and collects once that
// has grown by about half; main's heap is small, so that is every sixty rounds of a model of 50,000 weights, and a
// fifth of main's time. Letting it grow further first costs memory, so where rounds are long there is less of it.
import { setFlagsFromString } from 'node:v8';

/** For the whole process, from the next collection on. */
export function collectLessOften(roundsAreShort: boolean): void {
  setFlagsFromString(`--heap-growing-percent=${roundsAreShort ? 300 : 100}`);
}
