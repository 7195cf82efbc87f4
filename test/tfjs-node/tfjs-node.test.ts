// Runs the engine contract suite on @tensorflow/tfjs-node where it is at hand: no clone has to have it, and
// `npm run test:tfjs-node` builds it. Numbers differ from the cpu backend's by the order of oneDNN's sums alone.
import { createTfjsEngine, tfjsBackends } from '@starling/compute';
import { engineContract } from '@starling/compute/contract';
import { describe, expect, it } from 'vitest';

const found = (await tfjsBackends()).find(({ name }) => name === 'tensorflow')!;
/** Set by `npm run test:tfjs-node`, which has built the backend: then its absence is a failure. */
const isRequired = process.env['STARLING_TFJS_NODE'] !== undefined;

if (found.available) {
  engineContract('tfjs on tensorflow', () => createTfjsEngine({ backend: 'tensorflow' }));
} else {
  describe('tfjs on tensorflow', () => {
    it.skipIf(!isRequired)(`keeps the engine contract (left out: ${found.reason})`, () => {
      expect(found).toMatchObject({ available: true });
    });
  });
}
