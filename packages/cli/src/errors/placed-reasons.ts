// Why something failed, and where: messages, from the outside in, each with the lines of the user's code that it is of.
import { existsSync } from 'node:fs';
import {
  formatPlace,
  isThrownByStarling,
  isThrownByUser,
  readThrown,
  type StackFrame,
  userFrames,
} from '@starling/federated-core/plan';
import { calledWords } from './called-words.js';

/** Lines of the user's code that are shown: more is a recursion. */
const MAX_FRAMES = 10;

export interface PlacedReason {
  readonly words: string;
  /** The user's lines, the innermost first: a place, alone and with the function that it is in. */
  readonly places: readonly { readonly place: string; readonly text: string }[];
}

/** Of an error and of what caused it, outermost first. */
export function placedReasons(thrown: unknown): readonly PlacedReason[] {
  const error = readThrown(thrown);
  if (typeof error === 'string') return [{ words: error, places: [] }];
  return error.cause === undefined
    ? [placedReason(error)]
    : [placedReason(error), ...placedReasons(error.cause)];
}

/**
 * The message, and where: an error of Starling's, which often says so itself, shows the line that led to it; one that
 * other code threw has its name and the user's whole stack.
 */
function placedReason(error: Error): PlacedReason {
  const { name, message } = error;
  if (PLACE.test(message)) return { words: message, places: [] };
  // With source maps a package may name sources that were never there.
  const frames = userFrames(error).filter(({ file }) => existsSync(file));
  const places = frames.map(placeOf);
  if (isThrownByStarling(error)) return { words: message, places: places.slice(0, 1) };
  const called = frames[0] !== undefined && isThrownByUser(error) ? calledWords(error, frames[0]) : null;
  if (called !== null) return { words: called, places: places.slice(0, MAX_FRAMES) };
  const linked = LINKED.exec(error.stack ?? '')?.[1];
  const shown = linked === undefined ? places.slice(0, MAX_FRAMES) : [{ place: linked, text: linked }];
  return { words: `${name}: ${message}`, places: shown };
}

/** The end of a message that names a place. */
const PLACE = /\n {4}at \S.*$/;

/** Of a module that does not fit what imports it, Node opens the stack with the line that imports. */
const LINKED = /^file:\/\/(\/\S+:\d+)\n/;

function placeOf(frame: StackFrame): PlacedReason['places'][number] {
  const place = formatPlace(frame);
  return { place, text: frame.call === null ? place : `${frame.call} (${place})` };
}
