// Between Starling's tensors and those of tf.js. tf.js has no uint8: bytes become int32.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import * as tf from '../../tensorflow/tf.js';

type Numeric = Float32Array | Int32Array | Uint8Array;

/** A tf.js tensor over a copy of the data. */
export function toTf({ dtype, shape, data }: Tensor): tf.Tensor {
  return makeTf(dtype, [...shape], data as Numeric | readonly string[]);
}

/** Row `index` along the first axis. */
export function rowAt({ dtype, shape, data }: Tensor, index: number): tf.Tensor {
  const rowShape = shape.slice(1);
  const size = sizeOf(rowShape);
  return makeTf(dtype, rowShape, (data as Numeric).subarray(index * size, (index + 1) * size));
}

/** The rows of a column, stacked; or the one row itself where elements are walked one by one. */
export function gatherRows(column: Tensor, rows: Int32Array, batched: boolean): tf.Tensor {
  const { dtype, shape } = column;
  const rowShape = shape.slice(1);
  const size = sizeOf(rowShape);
  const resultShape = batched ? [rows.length, ...rowShape] : rowShape;
  if (dtype === 'string') {
    const texts = column.data as readonly string[];
    const picked = [...rows].flatMap((row) => texts.slice(row * size, (row + 1) * size));
    return makeTf(dtype, resultShape, picked);
  }
  const source = column.data as Numeric;
  const picked =
    dtype === 'float32' ? new Float32Array(rows.length * size) : new Int32Array(rows.length * size);
  for (const [position, row] of rows.entries()) {
    picked.set(source.subarray(row * size, (row + 1) * size), position * size);
  }
  return makeTf(dtype, resultShape, picked);
}

/** The values of a tf.js tensor, in fresh memory. */
export function fromTf(result: tf.Tensor): Tensor {
  const { dtype } = result;
  const shape = [...result.shape];
  if (dtype === 'string') {
    return { dtype, shape, data: result.dataSync() as unknown as string[] };
  }
  const data = result.dataSync();
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from(data) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(data) };
    case 'bool':
      return { dtype, shape, data: Uint8Array.from(data) };
    default:
      throw new TypeError(
        `Cannot read a result: element type must be float32, int32, bool or string, got ${dtype}`,
      );
  }
}

function makeTf(dtype: Tensor['dtype'], shape: number[], data: Numeric | readonly string[]): tf.Tensor {
  switch (dtype) {
    case 'string':
      return tf.tensor([...(data as readonly string[])], shape, 'string');
    case 'float32':
      return tf.tensor(Float32Array.from(data as Numeric), shape, 'float32');
    case 'bool':
      return tf.tensor(Uint8Array.from(data as Numeric), shape, 'bool');
    case 'int32':
    case 'uint8':
      return tf.tensor(Int32Array.from(data as Numeric), shape, 'int32');
    default:
      throw new TypeError(
        `Cannot pass a tensor to tf.js: element type must be float32, int32, bool, uint8 or string, got ${dtype}`,
      );
  }
}
