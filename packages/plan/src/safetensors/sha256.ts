// SHA-256: Node's own where there is one (ten times as fast), else in pure JavaScript, which browsers can run without
// a secure context. This file stays free of imports from Node.
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto'); // since Node 20.16

/** SHA-256 of bytes, in lower-case hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return nodeCrypto?.createHash('sha256').update(bytes).digest('hex') ?? pureSha256Hex(bytes);
}

/** The same without Node. */
export function pureSha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
