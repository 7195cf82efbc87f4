// What was thrown, made safe to tell: code of users may throw anything, also what throws again where it is read.

const UNREADABLE = 'what was thrown cannot be read';

/**
 * The error itself, where all its parts can be read and its words are text; else the words of what was
 * thrown. Never throws.
 */
export function readThrown(thrown: unknown): Error | string {
  try {
    if (!(thrown instanceof Error)) return String(thrown);
    return isReadable(thrown) ? thrown : String(thrown.message);
  } catch {
    return UNREADABLE;
  }
}

/** The words of what was thrown: the message of an error. Never throws. */
export function thrownWords(thrown: unknown): string {
  const read = readThrown(thrown);
  return typeof read === 'string' ? read : read.message;
}

/** Reads each part, so that one whose getter throws does so here. */
function isReadable(error: Error & { readonly code?: unknown }): boolean {
  const { name, message, stack, cause: _, code: __ } = error;
  return (
    typeof name === 'string' &&
    typeof message === 'string' &&
    (stack === undefined || typeof stack === 'string')
  );
}
