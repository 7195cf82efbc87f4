// Replays a kernel graph on a tf.js backend, kernel by kernel: what the `tfjs` engine does for one call. A reduction is
// a loop in JavaScript; batch indices and random numbers come from the binder that the onnx engine uses too.
import type { Seed, Tensor } from '@starling/federated-core';
import { bindFeeds } from '../../graph/feeds/bind-feeds.js';
import type { Feed } from '../../graph/feeds/feeds.js';
import type {
  KernelGraph,
  KernelNode,
  RandomNode,
  ReduceNode,
  ScanNode,
  ValueId,
} from '../../graph/kernel-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { gatherRows, rowAt, toTf } from './tfjs-tensors.js';
import { splitTotals, Total } from './totals.js';

/** One call: its argument's leaves, its seed, and how a kernel is run. */
export interface Replay {
  readonly argument: readonly Tensor[];
  readonly seed: Seed;
  runKernel(node: KernelNode, inputs: tf.NamedTensorMap | tf.Tensor[]): readonly tf.Tensor[];
}

/** The outputs of the graph; the caller frees what the replay made (`tf.tidy`). */
export function replayGraph(graph: KernelGraph, replay: Replay): readonly tf.Tensor[] {
  const columns = new Set(graph.nodes.flatMap((node) => ('columns' in node ? node.columns : [])));
  const leaves = graph.inputs.map((id, leaf) =>
    columns.has(id) ? null : toTf(replay.argument[leaf] as Tensor),
  );
  return replayBody(graph, leaves, { graph, replay, reduce: null });
}

/** Where a body stands: in the whole graph, or in a step of its n-th reduction. */
interface Place {
  readonly graph: KernelGraph;
  readonly replay: Replay;
  readonly reduce: { readonly draws: readonly Tensor[]; readonly step: number } | null;
}

function replayBody(body: KernelGraph, inputs: readonly (tf.Tensor | null)[], place: Place): tf.Tensor[] {
  const values = new Map<ValueId, tf.Tensor>();
  const read = (id: ValueId): tf.Tensor => values.get(id) as tf.Tensor;
  for (const [index, id] of body.inputs.entries()) {
    const input = inputs[index];
    if (input) values.set(id, input);
  }
  for (const { value, tensor } of body.constants) values.set(value, toTf(tensor));
  let draws = 0;
  let reduces = 0;
  for (const node of body.nodes) {
    switch (node.op) {
      case 'kernel': {
        const outputs = place.replay.runKernel(node, kernelInputs(node, read));
        for (const [index, id] of node.outputs.entries()) values.set(id, outputs[index] as tf.Tensor);
        break;
      }
      case 'random':
        values.set(node.output, drawn(node, body, draws++, place));
        break;
      case 'length':
        values.set(node.output, tf.scalar(columnsOf(node.columns, place)[0]?.shape[0] ?? 0, 'int32'));
        break;
      case 'scan': {
        const outputs = replayScan(node, read, place);
        for (const [index, id] of node.outputs.entries()) values.set(id, outputs[index] as tf.Tensor);
        break;
      }
      case 'reduce': {
        const outputs = replayReduce(node, read, reduces++, place);
        for (const [index, id] of node.outputs.entries()) values.set(id, outputs[index] as tf.Tensor);
        break;
      }
    }
  }
  return body.outputs.map(read);
}

function kernelInputs(node: KernelNode, read: (id: ValueId) => tf.Tensor): tf.NamedTensorMap | tf.Tensor[] {
  const list = node.inputs['tensors'];
  if (list !== undefined && typeof list !== 'number') return list.map(read);
  return Object.fromEntries(Object.entries(node.inputs).map(([name, id]) => [name, read(id as ValueId)]));
}

/** The argument's leaves behind columns: columns are inputs of the whole graph. */
function columnsOf(columns: readonly ValueId[], { graph, replay }: Place): readonly Tensor[] {
  return columns.map((id) => replay.argument[graph.inputs.indexOf(id)] as Tensor);
}

function drawn(node: RandomNode, body: KernelGraph, draw: number, { replay, reduce }: Place): tf.Tensor {
  if (reduce !== null) return tf.cast(rowAt(reduce.draws[draw] as Tensor, reduce.step), 'float32');
  const feed = randomFeed(node, body, draw);
  return tf.cast(toTf(bind(feed, replay)), 'float32');
}

type RandomFeed = Feed & { readonly kind: 'random' };

function randomFeed(node: RandomNode, body: KernelGraph, draw: number): RandomFeed {
  const shape = body.values[node.output]?.shape ?? [];
  return { kind: 'random', name: 'random', reduce: null, draw, shape, distribution: node.distribution };
}

function bind(feed: Feed, replay: Replay): Tensor {
  return bindFeeds([feed], replay.argument, replay.seed)[0] as Tensor;
}

function replayReduce(
  node: ReduceNode,
  read: (id: ValueId) => tf.Tensor,
  reduce: number,
  place: Place,
): readonly tf.Tensor[] {
  const { replay, graph } = place;
  const columns = columnsOf(node.columns, place);
  const view = { leaf: graph.inputs.indexOf(node.columns[0] as ValueId), reduce, view: node.view };
  const indices = bind({ kind: 'indices', name: 'indices', ...view }, replay);
  const mask = node.view.batchSize === null ? null : bind({ kind: 'mask', name: 'mask', ...view }, replay);
  const draws = node.body.nodes
    .filter((each) => each.op === 'random')
    .map((each, draw) => bind({ ...randomFeed(each, node.body, draw), ...view }, replay));
  const captures = node.captures.map(read);
  const width = node.view.batchSize ?? 1;

  const { body, isTotal } = splitTotals(node);
  const totals = node.initial.map((id, index) => (isTotal[index] ? new Total(read(id)) : null));
  let state = node.initial.map((id) => tf.clone(read(id)));
  for (let step = 0; step < (indices.shape[0] ?? 0); step++) {
    const rows = (indices.data as Int32Array).subarray(step * width, (step + 1) * width);
    const next = tf.tidy(() => {
      const elements = columns.map((column) => gatherRows(column, rows, node.view.batchSize !== null));
      const masks = mask === null ? [] : [rowAt(mask, step)];
      const inputs = [...state, ...elements, ...masks, ...captures];
      return replayBody(body, inputs, { ...place, reduce: { draws, step } }).map((each) => tf.clone(each));
    });
    for (const [index, total] of totals.entries()) total?.add(next[index] as tf.Tensor);
    tf.dispose(state);
    state = next;
  }
  return state.map((last, index) => totals[index]?.tensor() ?? last);
}

function replayScan(node: ScanNode, read: (id: ValueId) => tf.Tensor, place: Place): readonly tf.Tensor[] {
  const sequences = node.sequences.map((id) => tf.unstack(read(id)));
  const captures = node.captures.map(read);
  let carried = node.initial.map((id) => tf.clone(read(id)));
  const results: tf.Tensor[][] = [];
  for (let walked = 0; walked < node.steps; walked++) {
    const step = node.reverse ? node.steps - 1 - walked : walked;
    const next = tf.tidy(() => {
      const slices = sequences.map((slicesOfOne) => slicesOfOne[step] as tf.Tensor);
      const outputs = replayBody(node.body, [...carried, ...slices, ...captures], place);
      return outputs.map((each) => tf.clone(each));
    });
    tf.dispose(carried);
    carried = next.slice(0, carried.length);
    results[step] = next.slice(carried.length);
  }
  const stacked = (results[0] ?? []).map((_, index) =>
    tf.stack(results.map((each) => each[index] as tf.Tensor)),
  );
  return [...carried, ...stacked];
}
