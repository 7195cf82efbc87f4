// Errors of capturing. Each says what cannot be captured, on which line of the user's code, and how to mend it.

export type CaptureErrorCode =
  | 'value-read'
  | 'randomness'
  | 'unknown-kernel'
  | 'captured-elsewhere'
  | 'not-capturing'
  | 'unsupported-type'
  | 'bad-result'
  | 'bad-kernel-call';

export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  constructor(
    readonly code: CaptureErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    const line = userLine(new Error().stack);
    super(line === null ? message : `${message} (at ${line})`, options);
  }
}

const INTERNAL = /node_modules|node:|\/compute\/(src|dist)\/(?!.*\.test\.)|<anonymous>/;

/** The first line of a stack that is neither tf.js nor this package: where the user's code stands. */
function userLine(stack: string | undefined): string | null {
  for (const line of stack?.split('\n').slice(1) ?? []) {
    const place = line.trim().replace(/^at\s+/, '');
    if (!INTERNAL.test(place)) return place.replace(/^.*\((.*)\)$/, '$1');
  }
  return null;
}
