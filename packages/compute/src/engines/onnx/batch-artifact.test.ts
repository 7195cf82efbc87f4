import { float32, type LocalComputation, sequence } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../../capture/local-computation.js';
import { random } from '../../capture/random.js';
import { sequenceReduce } from '../../capture/sequences/sequence-reduce.js';
import { kernelCases } from '../../contract/cases/kernel-cases.js';
import { captured } from '../../contract/drawing/agreement.js';
import { Draw } from '../../contract/drawing/draw.js';
import { KERNELS } from '../../graph/kernels.js';
import { compileGraph } from '../../lowering/compile-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { batchArtifact } from './batch-artifact.js';

function reasonOf(local: LocalComputation, isOwn: readonly boolean[]): string | null {
  const made = batchArtifact(compileGraph(local), isOwn);
  return 'reason' in made ? made.reason : null;
}

const rows = sequence(float32());
const add = (sum: tf.Tensor, row: tf.Tensor): tf.Tensor => tf.add(sum, row);

describe('batchArtifact', () => {
  test.each(KERNELS)(
    '`batchArtifact` knows each operator that %s becomes, as one for many clients or as none',
    (kernel) => {
      for (const seed of [1, 2, 3]) {
        const { inputs, body } = kernelCases[kernel](new Draw(seed));
        const reason = reasonOf(
          captured(kernel, inputs, body),
          inputs.map(() => true),
        );
        expect(reason ?? '').not.toContain('nothing is known of it');
      }
    },
  );

  test('`batchArtifact` takes a walk over a dataset, in the order of its rows', () => {
    const local = localComputation(rows, (all) => sequenceReduce(all, 0, (_, row) => tf.abs(row)));
    expect(reasonOf(local, [true])).toBeNull();
  });

  test.each<readonly [LocalComputation, string]>([
    [localComputation(float32(), (x) => tf.add(x, random.uniform([]))), 'it draws numbers'],
    [localComputation(rows, (all) => sequenceReduce(all.shuffle(), 0, add)), 'it shuffles a dataset'],
    [
      localComputation(rows, (all) =>
        sequenceReduce(all.batch(2), 0, (sum, batch) => add(sum, tf.sum(batch))),
      ),
      'it walks a dataset in batches',
    ],
  ])('`batchArtifact` refuses what differs by client otherwise', (local, reason) => {
    expect(reasonOf(local, [true])).toBe(reason);
  });
});
