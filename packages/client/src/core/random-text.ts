// Names that nobody can guess.

const BYTES = 16;

/** 32 hex digits, of the secure generator that Node and browsers have. */
export function randomText(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
