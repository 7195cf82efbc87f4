import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { float32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { writeGraph } from '../../testing/graphs.js';
import { artifactId, graphId } from './graph-id.js';
import { serializeGraph } from './serialize.js';

const graph = writeGraph((g) => [g.kernel('Neg', { x: g.input([2]) })]);

describe('graphId', () => {
  test('is the hash of the signature, a zero byte and the graph', () => {
    const signature = JSON.stringify([float32(2), float32(2)]);
    const bytes = Buffer.concat([Buffer.from(signature), Buffer.from([0]), serializeGraph(graph)]);
    expect(graphId(float32(2), float32(2), graph)).toBe(bytesToHex(sha256(bytes)));
    expect(artifactId(float32(2), float32(2), serializeGraph(graph))).toBe(
      graphId(float32(2), float32(2), graph),
    );
  });

  test('tells signatures apart that have the same leaves', () => {
    const named = (name: string) => graphId(struct({ [name]: float32(2) }), float32(2), graph);
    expect(named('a')).not.toBe(named('b'));
  });
});
