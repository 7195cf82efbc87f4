// Why something failed, and where: messages, from the outside in, each with the lines of the user's code that it is of.
import { existsSync } from 'node:fs';
import { formatPlace, isThrownByStarling, type StackFrame, userFrames } from '@starling/federated-core/plan';

/** Lines of the user's code that are shown: more is a recursion. */
const MAX_FRAMES = 10;

/** The words of an error and of what caused it, outermost first. */
export function placedReasons(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  return error.cause === undefined ? [wordsOf(error)] : [wordsOf(error), ...placedReasons(error.cause)];
}

/**
 * The message, and below it where: an error of Starling's, which often says so itself, shows the line that led to it;
 * one that other code threw has its name and the user's whole stack.
 */
function wordsOf(error: Error): string {
  const { name, message } = error;
  if (PLACE.test(message)) return message;
  // With source maps a package may name sources that were never there.
  const frames = userFrames(error).filter(({ file }) => existsSync(file));
  if (isThrownByStarling(error)) return [message, ...frames.slice(0, 1).map(formatFrame)].join('\n');
  const linked = LINKED.exec(error.stack ?? '')?.[1];
  const places = linked === undefined ? frames.slice(0, MAX_FRAMES).map(formatFrame) : [`    at ${linked}`];
  return [`${name}: ${message}`, ...places].join('\n');
}

/** The end of a message that names a place. */
const PLACE = /\n {4}at \S.*$/;

/** Of a module that does not fit what imports it, Node opens the stack with the line that imports. */
const LINKED = /^file:\/\/(\/\S+:\d+)\n/;

function formatFrame(frame: StackFrame): string {
  const place = formatPlace(frame);
  return `    at ${frame.call === null ? place : `${frame.call} (${place})`}`;
}
