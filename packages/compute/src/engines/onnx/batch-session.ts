// A session that runs a graph for many clients in one call.
import type { Seed } from '@starling/federated-core';
import type { BatchRefusal, LoadedBatch } from '../../engine/batched-graph.js';
import { checkArgument } from '../../engine/check-argument.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import { bindFeeds } from '../../graph/feeds/bind-feeds.js';
import { withIndexInWords } from '../../graph/refused-indices.js';
import { batchArtifact } from './batch-artifact.js';
import { fromOrt, leafSpecs, type Ort, type OrtTensor, SESSION_OPTIONS, type Session, toOrt } from './ort.js';

export interface BatchSession {
  readonly session: Session;
  readonly batch: LoadedBatch;
}

/** The model as it is derived: to fit it to a machine would be to change it. */
export async function batchSession(
  ort: Ort,
  artifact: GraphArtifact,
  isOwn: readonly boolean[],
): Promise<BatchSession | BatchRefusal> {
  const made = batchArtifact(artifact, isOwn);
  if ('reason' in made) return made;
  const { onnx, feeds, numbers } = made;
  const session = await ort.InferenceSession.create(onnx, SESSION_OPTIONS);
  const specs = leafSpecs(feeds, session);
  const run: LoadedBatch['run'] = async (argument) => {
    checkArgument(artifact.name, specs, argument);
    const inputs: Record<string, OrtTensor> = {};
    for (const [index, value] of bindFeeds(feeds, argument, NOTHING_DRAWN).entries()) {
      inputs[feeds[index]!.name] = toOrt(ort, value);
    }
    const results = await session.run(inputs).catch((error: unknown) => {
      throw withIndexInWords(error);
    });
    return session.outputNames.map((output) => fromOrt(results[output] as OrtTensor));
  };
  return { session, batch: { numbers: (rows) => numbers.fixed + rows * numbers.perRow, run } };
}

/** The seed of a call that draws nothing. */
const NOTHING_DRAWN: Seed = [0, 0];
