// Text as numbers: UTF-8 in a fixed number of bytes, filled up with zeros. Local computations know no strings, and
// compare, look up and hash bytes.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text's bytes; null if they are more than `maxBytes`. */
export function encodeText(text: string, maxBytes: number): Uint8Array | null {
  const bytes = encoder.encode(text);
  if (bytes.length > maxBytes) return null;
  const padded = new Uint8Array(maxBytes);
  padded.set(bytes);
  return padded;
}

/** The text of bytes that `encodeText` gave, without the zeros at their end. */
export function decodeText(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return decoder.decode(bytes.subarray(0, end));
}
