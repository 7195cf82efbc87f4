// The contract suite of distributors: each one's test calls it.
import { createOnnxEngine, localComputation, localRunner, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  clientStartOf,
  evaluate,
  federatedComputation,
  federatedMap,
  federatedMax,
  federatedMin,
  float32,
  formatType,
  type StructType,
  type SymbolicValue,
  startOf,
  stepOf,
  struct,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Distributor } from '../parts/distributor.js';

const weights = struct({ kernel: float32(2, 2), bias: float32(2) });

/**
 * Tests the distributor that `make` makes anew for each test. Call it at the top of a test file, for a distributor of
 * your own too:
 *
 *     import { distributorContract } from '@starling/learning/contract';
 *     import { roundedDistributor } from './rounded-distributor.js';
 *
 *     distributorContract('roundedDistributor', () => roundedDistributor({ bits: 8 }));
 */
export function distributorContract(name: string, make: () => Distributor): void {
  describe(`${name} keeps the distributor contract`, () => {
    test('gives clients weights of their type, and keeps the type of its state', () => {
      const { initialize, next } = make().create(weights);
      const { elements } = next.type.result as StructType<Record<'state' | 'result', StructType>>;
      expect(formatType(elements.result)).toMatch(
        /^\{?<kernel=float32\[2,2\],bias=float32\[2\]>\}?@CLIENTS$/,
      );
      expect(formatType(elements.state)).toBe(formatType(initialize.type.result));
    });

    test('gives all clients the same weights, and zeros of zeros', async () => {
      const engine = await createOnnxEngine();
      const run = localRunner(engine);
      const clients = { held: [1, 2, 3] };
      const seen = received(make());
      const given = {
        kernel: [
          [1, -2],
          [3, 4],
        ],
        bias: [0.5, 8],
      };
      const { least, most } = (await evaluate(seen, { given, ...clients } as never, { run })) as Seen;
      expect(least).toEqual(most);
      const none = {
        kernel: [
          [0, 0],
          [0, 0],
        ],
        bias: [0, 0],
      };
      const zeros = (await evaluate(seen, { given: none, ...clients } as never, { run })) as Seen;
      expect([...zeros.least.data, ...zeros.most.data].map(Math.abs)).toEqual(new Array(12).fill(0));
      await engine.dispose();
    });
  });
}

interface Seen {
  readonly least: { readonly data: Float32Array };
  readonly most: { readonly data: Float32Array };
}

/** What clients got, as far as a server can see it: the least and the most of each number. */
function received(distributor: Distributor) {
  const process = distributor.create(weights);
  const flat = localComputation({ weights, held: float32() }, ({ weights: { kernel, bias } }) =>
    tf.concat([tf.reshape(kernel, [4]), bias]),
  );
  return federatedComputation({ given: atServer(weights), held: atClients(float32()) }, ({ given, held }) => {
    const clientState = clientStartOf(process)?.();
    const { result } = stepOf(process, startOf(process), { weights: given, clientState });
    const all = federatedMap(flat, { weights: result as SymbolicValue, held } as never);
    return { least: federatedMin(all as never), most: federatedMax(all as never) };
  });
}
