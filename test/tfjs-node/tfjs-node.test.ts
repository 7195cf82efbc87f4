// Runs the engine contract suite on @tensorflow/tfjs-node where it is at hand: no clone has to have it, and
// `npm run test:tfjs-node` builds it; then two worker threads with an engine each. Numbers differ from the cpu
// backend's by the order of oneDNN's sums alone.
import { createTfjsEngine, tf, tfjsBackends } from '@starling/compute';
import { engineContract, TENSORFLOW_ATTRIBUTES } from '@starling/compute/contract';
import { threadsRuntime } from '@starling/runtime';
import { runtimeContract } from '@starling/runtime/contract';
import { afterAll, describe, expect, test } from 'vitest';
import { isLeftOut } from '../support/tools.js';

const found = (await tfjsBackends()).find(({ name }) => name === 'tensorflow')!;
/** Set by `npm run test:tfjs-node`, which has built the backend: then its absence is a failure. */
const isRequired = process.env['STARLING_TFJS_NODE'] !== undefined;

if (found.available) {
  const names = recordAttributes();
  engineContract('tfjs on tensorflow', () => createTfjsEngine({ backend: 'tensorflow' }));

  const engine = 'tfjs-node';
  runtimeContract('threadsRuntime with 2 workers on tfjs-node', () => threadsRuntime({ workers: 2, engine }));

  // A name that is not listed is added while other threads read: the fault that listing them prevents.
  afterAll(() => expect([...names].sort()).toEqual([...TENSORFLOW_ATTRIBUTES].sort()));
} else {
  describe('tfjs on tensorflow', () => {
    test.skipIf(isLeftOut('tfjs-node', isRequired))(
      `keeps the engine contract (left out: ${found.reason})`,
      () => {
        expect(found).toMatchObject({ available: true });
      },
    );
  });
}

interface Backend {
  binding: {
    executeOp(name: string, attributes: readonly { readonly name: string }[], ...rest: unknown[]): unknown;
  };
}

/** The names of attributes that the backend sets from now on. */
function recordAttributes(): ReadonlySet<string> {
  const names = new Set<string>();
  const backend = tf.engine().registry['tensorflow'] as unknown as Backend;
  const { binding } = backend;
  const executeOp: Backend['binding']['executeOp'] = (operation, attributes, ...rest) => {
    for (const { name } of attributes) names.add(name);
    return binding.executeOp(operation, attributes, ...rest);
  };
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } }) as Backend['binding'];
  return names;
}
