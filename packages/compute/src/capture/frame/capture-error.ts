// Errors of capturing. Each says what cannot be captured, on which line of the user's code, and how to fix it.

export type CaptureErrorCode =
  | 'value-read'
  | 'randomness'
  | 'hidden-state'
  | 'unknown-kernel'
  | 'captured-elsewhere'
  | 'not-capturing'
  | 'unsupported-type'
  | 'computed-count'
  | 'bad-result'
  | 'bad-kernel-call';

export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  constructor(
    readonly code: CaptureErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    const line = userLine();
    super(line === null ? message : `${message} (at ${line})`, options);
  }
}

/** Where Starling's packages lie, as stacks name it: the folder that holds this package's folder. */
const STARLING = import.meta.url.replace(/^file:\/\//, '').replace(/[^/]+\/(src|dist)\/capture\/.*$/, '');

const INTERNAL = /node_modules|node:|<anonymous>|\bnative\b/;

/** Frames of tf.js alone can be more than the ten that V8 keeps. */
const FRAMES = 100;

/** The first line of the stack that is neither tf.js nor Starling: where the user's code stands. */
function userLine(): string | null {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const here = new Error();
  Error.stackTraceLimit = usual;
  return userLineIn(here);
}

/** The same, of a stack that was taken before. */
export function userLineIn({ stack }: Error): string | null {
  for (const line of stack?.split('\n').slice(1) ?? []) {
    const place = line
      .trim()
      .replace(/^at\s+/, '')
      .replace(/^.*\((.*)\)$/, '$1');
    const isStarling = place.includes(STARLING) && !/\.test\.[jt]s/.test(place);
    if (!INTERNAL.test(place) && !isStarling) return place;
  }
  return null;
}
