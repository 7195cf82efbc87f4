// Random graphs for many clients in one call, held to a call for each client, to the last bit: what a client is given
// must not depend on who stands beside it, nor on how many do.
import {
  float32,
  int32,
  type LocalComputation,
  sequence,
  type Tensor,
  tensor,
} from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../../capture/local-computation.js';
import { sequenceLength, sequenceReduce } from '../../capture/sequences/sequence-reduce.js';
import { Draw } from '../../contract/drawing/draw.js';
import { mixedFloats, mixedInts } from '../../contract/special/special-draw.js';
import type { LoadedBatch } from '../../engine/batched-graph.js';
import type { Engine } from '../../engine/engine.js';
import { compileGraph } from '../../lowering/compile-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { createOnnxEngine } from './onnx-engine.js';

const GRAPHS = Number(process.env['STARLING_RANDOM_BATCHES'] ?? 150);
const OPERATIONS = 8;
const CLIENTS = [1, 2, 7, 33];
const ROWS = [0, 1, 5];

type Step = (pool: readonly tf.Tensor[], draw: Draw) => tf.Tensor | null;

const one =
  (operation: (x: tf.Tensor) => tf.Tensor): Step =>
  (pool, draw) =>
    operation(draw.pick(pool));

/** Of floats. */
const ofFloats = (operation: (x: tf.Tensor) => tf.Tensor): Step =>
  one((x) => operation(tf.cast(x, 'float32')));

/** Of two numbers, vectors or matrices of one element type that broadcast. */
const two =
  (operation: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Step =>
  (pool, draw) => {
    const a = draw.pick(pool);
    const fitting = pool.filter((b) => b.dtype === a.dtype && broadcasts(a.shape, b.shape));
    return operation(a, draw.pick(fitting));
  };

const broadcasts = (a: readonly number[], b: readonly number[]): boolean =>
  [...a].reverse().every((size, axis) => {
    const other = b[b.length - 1 - axis] ?? 1;
    return size === other || size === 1 || other === 1;
  });

/** What keeps its bits anywhere in a vector. */
const EXACT: readonly Step[] = [
  one((x) => tf.abs(x)),
  one((x) => tf.neg(x)),
  ofFloats((x) => tf.floor(x)),
  ofFloats((x) => tf.ceil(x)),
  ofFloats((x) => tf.round(x)),
  one((x) => tf.square(x)),
  ofFloats((x) => tf.step(x, 0.25)),
  ofFloats((x) => tf.cast(tf.isNaN(x), 'float32')),
  one((x) => tf.cast(x, 'int32')),
  one((x) => tf.cast(x, 'float32')),
  one((x) => tf.cast(tf.greater(x, 0), x.dtype as 'float32')),
  one((x) => tf.mul(x, tf.scalar(3, x.dtype))),
  one((x) => tf.expandDims(x, 0)),
  one((x) => tf.reshape(x, [x.size])),
  two(tf.add),
  two(tf.sub),
  two(tf.mul),
  two(tf.div),
  two(tf.floorDiv),
  two(tf.mod),
  two(tf.squaredDifference),
  two((a, b) => tf.cast(tf.lessEqual(a, b), 'float32')),
  two((a, b) => tf.cast(tf.notEqual(a, b), 'int32')),
  two((a, b) => tf.where(tf.greater(a, b), a, b)),
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.reverse(x);
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank !== 2 ? null : tf.transpose(x);
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.concat([x, tf.neg(x)], draw.int(0, x.rank - 1));
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.gather(x, tf.tensor1d([0, 0], 'int32'), draw.int(0, x.rank - 1));
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0 ? null : tf.sum(tf.cast(tf.greater(x, 0), 'int32'), draw.int(0, x.rank - 1));
  },
  (pool, draw) => {
    const x = draw.pick(pool);
    return x.rank === 0
      ? null
      : tf.pad(
          x,
          x.shape.map((): [number, number] => [1, 0]),
          2,
        );
  },
];

/** Most of these do not: then the graph must be refused, or keep its bits all the same. */
const ANY: readonly Step[] = [
  ...EXACT,
  ofFloats((x) => tf.exp(x)),
  ofFloats((x) => tf.relu(x)),
  ofFloats((x) => tf.sqrt(tf.abs(x))),
  ofFloats((x) => tf.sigmoid(x)),
  ofFloats((x) => tf.clipByValue(x, -1, 1)),
  two(tf.maximum),
  ofFloats((x) => tf.sum(x)),
  ofFloats((x) => tf.max(x)),
  ofFloats((x) => tf.mean(x)),
];

interface Program {
  readonly local: LocalComputation;
  /** By leaf: whether each client has its own, and whether it is a dataset's column. */
  readonly isOwn: readonly boolean[];
  draw(draw: Draw, rows: number): readonly Tensor[];
}

function walk(pool: tf.Tensor[], steps: readonly Step[], draw: Draw, operations: number): void {
  for (let count = 0; count < operations; count++) {
    const made = draw.pick(steps)(pool, draw);
    if (made !== null && made.size <= 32) pool.push(made);
  }
}

function programOf(seed: number, steps: readonly Step[]): Program {
  const draw = new Draw(seed);
  const [m, n] = [draw.int(1, 3), draw.int(1, 3)];
  const shapes = [[], [n], [m, n], draw.pick([[], [n], [m, n]])];
  const rowShape = draw.pick([[], [n]]);
  const local = localComputation(
    {
      a: float32(),
      b: float32(n),
      c: int32(m, n),
      shared: float32(...(shapes[3] as number[])),
      rows: sequence(float32(...(rowShape as number[]))),
    },
    ({ a, b, c, shared, rows }) => {
      const inner = new Draw(seed + 1_000_000);
      const pool: tf.Tensor[] = [a, b, c, shared, tf.cast(sequenceLength(rows), 'float32')];
      walk(pool, steps, inner, OPERATIONS / 2);
      const [start, other] = [inner.pick(pool), inner.pick(pool)];
      const folded = sequenceReduce(rows, { state: start, count: tf.scalar(0) }, ({ state, count }, row) => {
        const within: tf.Tensor[] = [row, other, tf.cast(state, 'float32')];
        walk(within, steps, inner, 3);
        const fitting = within.filter((each) => each.shape.join() === state.shape.join());
        return {
          state: tf.cast(inner.pick(fitting), state.dtype as 'float32'),
          count: tf.add(count, tf.mean(tf.cast(tf.greater(row, 0), 'float32'))),
        };
      });
      pool.push(folded.state, folded.count);
      walk(pool, steps, inner, OPERATIONS / 2);
      return pool.slice(-4).concat(shared);
    },
  );
  return {
    local,
    isOwn: [true, true, true, false, true],
    draw: (of, rows) => [
      mixedFloats(of, []),
      mixedFloats(of, [n]),
      mixedInts(of, [m, n]),
      mixedFloats(of, shapes[3] as number[]),
      mixedFloats(of, [rows, ...rowShape]),
    ],
  };
}

/** The leaves of clients, one behind another; those of a dataset row by row. */
function together(clients: readonly (readonly Tensor[])[], isOwn: readonly boolean[]): readonly Tensor[] {
  return isOwn.map((own, leaf) => {
    const [first] = clients.map((leaves) => leaves[leaf] as Tensor) as [Tensor];
    if (!own) return first;
    const isRows = leaf === 4;
    const rows = isRows ? (first.shape[0] as number) : 1;
    const rest = isRows ? first.shape.slice(1) : first.shape;
    const size = sizeOf(rest);
    const data = new (first.data.constructor as Float32ArrayConstructor)(rows * clients.length * size);
    for (let row = 0; row < rows; row++) {
      for (const [client, leaves] of clients.entries()) {
        const own = (leaves[leaf] as Tensor).data as Float32Array;
        data.set(own.subarray(row * size, (row + 1) * size), (row * clients.length + client) * size);
      }
    }
    const shape = isRows ? [rows, clients.length, ...rest] : [clients.length, ...rest];
    return tensor(first.dtype as 'float32', shape, data);
  });
}

/** NaN is NaN: what its bits are, processors leave open, and no number that is sent can tell. */
const bitsOf = ({ dtype, data }: Tensor): readonly unknown[] =>
  Array.from(data as Float32Array, (value) =>
    dtype === 'float32' ? (Object.is(value, -0) ? '-0' : value) : value,
  );

async function compare(engine: Engine, program: Program, batch: LoadedBatch, seed: number): Promise<void> {
  const { local, isOwn } = program;
  const alone = await engine.load(compileGraph(local));
  for (const count of CLIENTS) {
    for (const rows of ROWS) {
      const draw = new Draw(seed * 100 + count + rows);
      const shared = program.draw(draw, rows)[3] as Tensor;
      const clients = Array.from({ length: count }, () =>
        program.draw(draw, rows).map((leaf, index) => (index === 3 ? shared : leaf)),
      );
      const given = await batch.run(together(clients, isOwn));
      for (const [client, leaves] of clients.entries()) {
        const expected = await alone.run(leaves, [0, 0]);
        for (const [leaf, result] of expected.entries()) {
          const size = result.data.length;
          const all = given[leaf] as Tensor;
          expect(all.shape).toEqual([count, ...result.shape]);
          const own = (all.data as Float32Array).slice(client * size, (client + 1) * size);
          const what = `leaf ${leaf} of client ${client} of ${count}, ${rows} rows, graph ${seed}`;
          expect(bitsOf({ ...result, data: own } as Tensor), what).toEqual(bitsOf(result));
        }
      }
    }
  }
}

async function batched(
  steps: readonly Step[],
  from: number,
): Promise<{ batched: number; reasons: Set<string> }> {
  const engine = await createOnnxEngine();
  const reasons = new Set<string>();
  let count = 0;
  for (let seed = from; seed < from + GRAPHS; seed++) {
    const program = programOf(seed, steps);
    const batch = await engine.loadBatch!(compileGraph(program.local), program.isOwn);
    if ('reason' in batch) reasons.add(batch.reason);
    else {
      count++;
      await compare(engine, program, batch, seed);
    }
  }
  await engine.dispose();
  return { batched: count, reasons };
}

describe('random graphs for many clients', () => {
  test('of operators that are exact give each client the bits of its own call', async () => {
    const { batched: count, reasons } = await batched(EXACT, 1);
    // Few of them meet another shape or a sum on their way, and are refused.
    expect(count, [...reasons].join('\n')).toBeGreaterThan(GRAPHS / 2);
  });

  test('of any operators do, or are refused with a reason', async () => {
    const { batched: count, reasons } = await batched(ANY, 10_001);
    expect(count).toBeGreaterThan(0);
    expect(reasons.size).toBeGreaterThan(0);
  });
});
