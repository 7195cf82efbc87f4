// The artifact of one client's graph as a model for many clients, with its inputs: what is made for a call must be the
// same for all of them, so that neither a draw nor a shuffled order is among it.
import { batchGraph, CannotBatch, decodeModel, encodeModel, type NumberCount } from '@starling/onnx/machine';
import type { BatchRefusal } from '../../engine/batched-graph.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import type { Feed } from '../../graph/feeds/feeds.js';
import type { SequenceView } from '../../graph/kernel-graph.js';

export interface BatchedArtifact {
  readonly onnx: Uint8Array;
  readonly feeds: readonly Feed[];
  readonly numbers: NumberCount;
}

/** `isOwn`: of which leaves of the argument each client has its own. */
export function batchArtifact(
  { onnx, feeds, onnxReason }: GraphArtifact,
  isOwn: readonly boolean[],
): BatchedArtifact | BatchRefusal {
  if (onnx === null) return { reason: onnxReason ?? 'it has no ONNX model' };
  const reason = feeds.map((feed) => reasonAgainst(feed, isOwn)).find((each) => each !== null);
  if (reason != null) return { reason };
  try {
    const given = feeds.map((feed) => feed.kind === 'argument' && isOwn[feed.leaf] === true);
    const { graph, numbers } = batchGraph(decodeModel(onnx), given);
    const named = feeds.map((feed, index) => ({ ...feed, name: graph.inputs[index]!.name }));
    return { onnx: encodeModel(graph), feeds: named, numbers };
  } catch (error) {
    if (error instanceof CannotBatch) return { reason: error.reason };
    throw error;
  }
}

function reasonAgainst(feed: Feed, isOwn: readonly boolean[]): string | null {
  switch (feed.kind) {
    case 'argument':
      return null;
    case 'random':
      return 'it draws numbers';
    case 'mask':
      return 'it walks a dataset in batches';
    case 'indices':
      return reasonAgainstView(feed.view, isOwn);
    default:
      return feed satisfies never;
  }
}

function reasonAgainstView(view: SequenceView, isOwn: readonly boolean[]): string | null {
  if (view.batchSize !== null) return 'it walks a dataset in batches';
  if (view.shuffle) return 'it shuffles a dataset';
  const counts = [view.epochs, view.take, view.steps];
  const isOfClient = counts.some((count) => typeof count === 'object' && count !== null && isOwn[count.leaf]);
  return isOfClient ? 'clients say themselves how far they walk' : null;
}
