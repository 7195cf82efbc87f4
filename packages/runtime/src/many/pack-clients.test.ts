import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { packClients } from './pack-clients.js';

describe('packClients', () => {
  test('`packClients` lays tensors one behind another, and datasets row by row', () => {
    const client = (first: number, rows: readonly number[]) => [
      tensor('int32', [], Int32Array.of(first)),
      tensor('float32', [2], Float32Array.of(first, -first)),
      tensor('float32', [2, 3], Float32Array.from(rows)),
    ];
    const packed = packClients(
      [client(1, [1, 2, 3, 4, 5, 6]), client(9, [10, 20, 30, 40, 50, 60])],
      [false, false, true],
    );
    expect(packed).toEqual([
      tensor('int32', [2], Int32Array.of(1, 9)),
      tensor('float32', [2, 2], Float32Array.of(1, -1, 9, -9)),
      tensor('float32', [2, 2, 3], Float32Array.of(1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60)),
    ]);
  });

  test('`packClients` keeps datasets without rows', () => {
    const empty = [tensor('float32', [0, 2], new Float32Array(0))];
    expect(packClients([empty, empty, empty], [true])).toEqual([
      tensor('float32', [0, 3, 2], new Float32Array(0)),
    ]);
  });
});
