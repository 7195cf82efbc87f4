// What a process does first that is to debug bodies: lines that look at values must not stop the trace of a body, and
// must show something where it is run eagerly.
import { showTensors } from '../tensorflow/shown-tensors.js';
import { tolerateReads } from './recording/value-reads.js';

/**
 * From now on bodies may read values (`dataSync`, `print`, `console.log`). Where a body is traced there are none yet: a
 * read gives zeros, and the console is silent. `console.log` of a tensor shows its numbers. For a whole process, before
 * its computations are made; graphs are as they are without it, unless a body makes operations of what it reads.
 */
export function debugBodies(): void {
  tolerateReads();
  showTensors();
}
