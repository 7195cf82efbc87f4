// One leaf of many clients: their tensors, which are of one shape, one behind another in one array. Work that takes a
// moment a client is done on columns, where a tensor for each client would cost more than the work.
import { sizeOf, type Tensor } from './tensor.js';

export interface Column extends Tensor {
  /** Of one client's tensor. */
  readonly shape: readonly number[];
  /** Numbers of one client. */
  readonly size: number;
  /** Whether all clients have the one tensor that `data` holds. */
  readonly isShared: boolean;
}

/** A column over the tensors of clients, which `data` holds in order. */
export function columnOf({ dtype, shape, data }: Tensor, isShared = false): Column {
  return { dtype, shape, data, size: sizeOf(shape), isShared };
}

/** The tensor of the client at `row`, over the column's memory. */
export function tensorAt({ dtype, shape, data, size, isShared }: Column, row: number): Tensor {
  const start = isShared ? 0 : row * size;
  const own = Array.isArray(data)
    ? data.slice(start, start + size)
    : (data as Float32Array).subarray(start, start + size);
  return { dtype, shape, data: own as Tensor['data'] };
}
