// The state hash: one line by which two runs are known to have ended alike, to the last bit.
import type { Tensor } from '@starling/federated-core';
import { encodeLeaves } from './safetensors.js';
import { sha256Hex } from './sha256.js';

/**
 * SHA-256 (hex) of the leaves as a safetensors body, which holds each one's dtype, shape and little-endian
 * bytes: the same as that of a checkpoint's tensors written by `encodeLeaves`.
 */
export function stateHash(leaves: readonly Tensor[]): string {
  return sha256Hex(encodeLeaves(leaves));
}
