// Where in the user's file something was written, so that errors of tracing, compiling and running name it.
import {
  formatPlace,
  framesOf,
  isInstalled,
  isStarlings,
  roomOf,
  type StackFrame,
  userFrames,
} from './stack-frames.js';

/** Deep records, processes of processes and tf.js alone are more than the ten frames that V8 keeps by itself. */
const FRAMES = 100;

/**
 * `file:line:column` of the nearest caller that is neither Starling nor an installed package, or else of the nearest
 * outside of this package; `null` when the engine tells no stack.
 */
export function sourceLocation(): string | null {
  const calls = callers();
  const own = calls[0]?.loaded ?? '';
  const call =
    calls.find(({ loaded }) => !isStarlings(loaded) && !isInstalled(loaded)) ??
    calls.find(({ loaded }) => roomOf(loaded) !== roomOf(own));
  return call === undefined ? null : formatPlace(call.frame);
}

/** The same, or `null` where nobody but Starling and installed packages has called, as in its own command. */
export function userLocation(): string | null {
  const call = callers().find(({ loaded }) => !isStarlings(loaded) && !isInstalled(loaded));
  return call === undefined ? null : formatPlace(call.frame);
}

/** The same for an error that was thrown below the user's code, or by it: where it began. */
export function locationOf(error: Error): string | null {
  const [frame] = userFrames(error);
  return frame === undefined ? null : formatPlace(frame);
}

/** What `run` gives; errors that are made meanwhile keep so many frames that the user's are among them. */
export function withLongStacks<T>(run: () => T): T {
  const settings = Error as StackSettings;
  const { stackTraceLimit } = settings;
  if (stackTraceLimit === undefined) return run();
  settings.stackTraceLimit = Math.max(stackTraceLimit, FRAMES);
  try {
    return run();
  } finally {
    settings.stackTraceLimit = stackTraceLimit;
  }
}

/** The line that an error adds to its words, or nothing when the place is unknown. */
export function atLocation(location: string | null): string {
  return location === null ? '' : `\n    at ${location}`;
}

interface Call {
  /** As a person wrote it: with source maps, another file than was loaded. */
  readonly frame: StackFrame;
  /** The file that was loaded. It tells whose the code is: maps may name sources that lie nowhere, as tf.js's do. */
  readonly loaded: string;
}

/** V8's; other engines have neither. */
interface StackSettings {
  stackTraceLimit?: number | undefined;
  prepareStackTrace?: unknown;
}

/** The callers that stand in a file, the nearest first. */
function callers(): readonly Call[] {
  const settings = Error as StackSettings;
  const { stackTraceLimit, prepareStackTrace } = settings;
  if (stackTraceLimit !== undefined) settings.stackTraceLimit = FRAMES;
  const frames = framesOf(new Error().stack ?? '');
  settings.prepareStackTrace = (_: Error, sites: readonly { getFileName(): unknown }[]) =>
    sites.map((site) => site.getFileName());
  const loaded: unknown = new Error().stack;
  settings.prepareStackTrace = prepareStackTrace;
  if (stackTraceLimit !== undefined) settings.stackTraceLimit = stackTraceLimit;
  return frames.flatMap((frame, index) => {
    if (frame === null) return [];
    const file = Array.isArray(loaded) ? loaded[index] : frame.file;
    return [{ frame, loaded: typeof file === 'string' ? file : frame.file }];
  });
}
