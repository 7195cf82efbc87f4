// Whether a preprocessing function makes of each row what it makes of it alone: serving has no other rows.
import { StarlingError, seedFrom, type Tensor } from '@starling/federated-core';
import { flatten, leafNames } from '@starling/federated-core/plan';
import type { TableColumns } from '@starling/population';
import type { NodeContext } from '../nodes/node.js';
import type { KnownConstants } from '../transform/analyze.js';
import { batchType, featuresComputation, type TransformSource } from '../transform/captured-transform.js';

/** Throws a `StarlingError` if a row's features depend on the other rows of its batch, which serving does not have. */
export async function checkRows(
  source: TransformSource,
  known: KnownConstants,
  context: NodeContext,
): Promise<void> {
  const size = 3;
  const batch = madeUpRows(source.columns, size);
  const together = await context.run(
    featuresComputation(source, known, 1, size),
    flatten(batchType(source.columns, size), batch as never),
    seedFrom(0),
  );
  const single = featuresComputation(source, known, 1, 1);
  const names = leafNames(single.type.result);
  for (let row = 0; row < size; row++) {
    const one = Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, rowOf(tensor, row)]));
    const alone = await context.run(single, flatten(batchType(source.columns, 1), one as never), seedFrom(0));
    alone.forEach((value, at) => {
      const expected = rowOf(together[at] as Tensor, row);
      if (isNear(value, expected)) return;
      throw new StarlingError(
        'rows-together',
        `Cannot transform examples: feature '${names[at]}' of a row must not depend on the other rows of its batch, got [${[...(value.data as Float32Array)].slice(0, 4)}] alone and [${[...(expected.data as Float32Array)].slice(0, 4)}] among others; use analyze for what is of all rows`,
      );
    });
  }
}

function madeUpRows(columns: TableColumns, size: number): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column], at): [string, Tensor] => {
      if (column.kind === 'number') {
        return [
          name,
          {
            dtype: 'float32',
            shape: [size],
            data: Float32Array.from({ length: size }, (_, row) => (row + 1) * (at + 1.5)),
          },
        ];
      }
      const data = new Uint8Array(size * column.maxBytes);
      for (let row = 0; row < size; row++) data[row * column.maxBytes] = 97 + row;
      return [name, { dtype: 'uint8', shape: [size, column.maxBytes], data }];
    }),
  );
}

function rowOf({ dtype, shape, data }: Tensor, row: number): Tensor {
  const size = shape.slice(1).reduce((product, one) => product * one, 1);
  return {
    dtype,
    shape: [1, ...shape.slice(1)],
    data: (data as Float32Array).slice(row * size, (row + 1) * size),
  } as Tensor;
}

function isNear(left: Tensor, right: Tensor): boolean {
  const [a, b] = [left.data as ArrayLike<number>, right.data as ArrayLike<number>];
  return Array.from(a).every((value, at) => {
    const other = b[at] as number;
    return (
      Object.is(value, other) ||
      value === other ||
      Math.abs(value - other) <= 1e-5 * Math.max(1, Math.abs(value), Math.abs(other))
    );
  });
}
