// Lays what clients hold side by side, as a call for many of them takes it: each leaf with the clients first, or, where
// it is a column of a dataset, row by row with the clients in each.
import type { Tensor } from '@starling/federated-core';
import { allocate, sizeOf } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';

/** The leaves of `clients`, whose shapes are all alike; `isRows` says which leaves are columns of datasets. */
export function packClients(clients: readonly Leaves[], isRows: readonly boolean[]): Leaves {
  return isRows.map((rows, leaf) =>
    rows ? packRows(clients, leaf) : packTensors(clients, leaf, sizeOf(clients[0]![leaf]!.shape)),
  );
}

function packTensors(clients: readonly Leaves[], leaf: number, size: number): Tensor {
  const { dtype, shape } = clients[0]![leaf]!;
  const data = allocate(dtype, clients.length * size) as Float32Array;
  if (size === 1) {
    for (let at = 0; at < clients.length; at++) data[at] = clients[at]![leaf]!.data[0] as number;
  } else
    for (let at = 0; at < clients.length; at++) data.set(clients[at]![leaf]!.data as Float32Array, at * size);
  return { dtype, shape: [clients.length, ...shape], data };
}

function packRows(clients: readonly Leaves[], leaf: number): Tensor {
  const { dtype, shape } = clients[0]![leaf]!;
  const [rows = 0, ...rest] = shape;
  const count = clients.length;
  const size = sizeOf(rest);
  const data = allocate(dtype, rows * count * size) as Float32Array;
  for (let at = 0; at < count; at++) {
    const own = clients[at]![leaf]!.data as Float32Array;
    let from = 0;
    for (let row = 0; row < rows; row++) {
      let to = (row * count + at) * size;
      for (let index = 0; index < size; index++) data[to++] = own[from++]!;
    }
  }
  return { dtype, shape: [rows, count, ...rest], data };
}
