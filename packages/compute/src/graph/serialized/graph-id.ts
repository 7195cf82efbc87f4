// The content hash that names a local computation: SHA-256 over its signature and its kernel graph.
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { Type } from '@starling/federated-core';
import type { KernelGraph } from '../kernel-graph.js';
import { serializeGraph } from './serialize.js';

/** SHA-256 (hex) over the JSON of `[parameter, result]`, a zero byte, and the graph's canonical bytes. */
export function graphId(parameter: Type | null, result: Type, graph: KernelGraph): string {
  return artifactId(parameter, result, serializeGraph(graph));
}

/** As `graphId`, from the graph's canonical bytes. */
export function artifactId(parameter: Type | null, result: Type, kernels: Uint8Array): string {
  const signature = new TextEncoder().encode(`${JSON.stringify([parameter, result])}\0`);
  return bytesToHex(sha256.create().update(signature).update(kernels).digest());
}
