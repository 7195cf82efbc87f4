// A federated computation saved with its local computations and read back: it prints, computes and compiles as before,
// to the same plan hash.
import { createOnnxEngine, localComputation, localRunner, sequenceReduce, tf } from '@starling/compute';
import { compileGraph, type GraphArtifact, localOfArtifact } from '@starling/compute/graph';
import {
  atClients,
  atServer,
  compilePlan,
  deserializeComputation,
  evaluate,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  float32,
  formatComputation,
  type LocalComputation,
  sequence,
  serializeComputation,
} from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import { describe, expect, test } from 'vitest';

const countAbove = localComputation(
  { readings: sequence(float32()), threshold: float32() },
  ({ readings, threshold }) =>
    sequenceReduce(readings, 0, (count, reading) =>
      tf.add(count, tf.cast(tf.greater(reading, threshold), 'float32')),
    ),
  { name: 'countAbove' },
);
const meanAbove = federatedComputation(
  { readings: atClients(sequence(float32())), threshold: atServer(float32()) },
  ({ readings, threshold }) =>
    federatedMean(federatedMap(countAbove, { readings, threshold: federatedBroadcast(threshold) })),
  { name: 'meanAbove' },
);

/** What is saved: text, and an artifact for each local computation. */
function save(): { readonly text: string; readonly artifacts: readonly GraphArtifact[] } {
  const { text, locals } = serializeComputation(meanAbove);
  return { text, artifacts: [...locals.values()].map((local: LocalComputation) => compileGraph(local)) };
}

describe('a saved computation', () => {
  test('computes and compiles as before when it is read back', async () => {
    const { text, artifacts } = structuredClone(save());
    const locals = new Map(artifacts.map((artifact) => [artifact.id, localOfArtifact(artifact)]));
    const again = deserializeComputation(text, (id) => locals.get(id));
    expect(formatComputation(again)).toBe(formatComputation(meanAbove));
    expect(linkPlan(compilePlan(again)).hash).toBe(linkPlan(compilePlan(meanAbove)).hash);
    const engine = await createOnnxEngine();
    // Counts above 30: 0, 2 and 1.
    const argument = { readings: [[29], [31, 32], [30, 31]], threshold: 30 };
    expect(await evaluate(again, argument, { run: localRunner(engine) })).toBe(1);
    await engine.dispose();
  });

  test('is refused when a graph is not the one that its id names', () => {
    const [artifact] = save().artifacts;
    expect(() => localOfArtifact({ ...artifact!, id: '0'.repeat(64) })).toThrow(
      "Cannot read the local computation 'countAbove': need the graph 000",
    );
  });
});
