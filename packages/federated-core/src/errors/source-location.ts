// Where in the user's file something was written, so that errors of tracing, compiling and running name it.

interface Frame {
  readonly file: string;
  readonly line: string;
  readonly column: string;
}

/** Deep records and processes of processes are more than the ten frames that V8 keeps by itself. */
const FRAMES = 100;

/** The directory of this package, built or not, as stacks name it. */
const ownRoot = (frames()[0]?.file ?? '').replace(/errors\/source-location\.[jt]s$/, '');

/** The directory that holds this package and the others of Starling: frames within it are not the user's. */
const starlingRoot = ownRoot.replace(/[^/]+\/(src|dist)\/$/, '');

/**
 * `file:line:column` of the nearest caller that is neither Starling's nor, like tf.js, of a package; of the nearest one
 * outside of this package if there is none, as in a federation that is installed. `null` when the engine tells no
 * stack.
 */
export function sourceLocation(): string | null {
  return userLocation(frames());
}

/** The same for an error that was thrown below the user's code, or by it: where it began. */
export function locationOf(error: Error): string | null {
  return userLocation(framesOf(error.stack));
}

function userLocation(stack: readonly Frame[]): string | null {
  const frame =
    stack.find(({ file }) => !isWithin(starlingRoot, file) && !file.includes('/node_modules/')) ??
    stack.find(({ file }) => !isWithin(ownRoot, file));
  return frame === undefined ? null : `${frame.file}:${frame.line}:${frame.column}`;
}

/** The line that an error adds to its words, or nothing when the place is unknown. */
export function atLocation(location: string | null): string {
  return location === null ? '' : `\n    at ${location}`;
}

/** The frames of the stack that name a file, this function's first. */
function frames(): readonly Frame[] {
  const limits = Error as { stackTraceLimit?: number };
  const usual = limits.stackTraceLimit;
  if (usual !== undefined) limits.stackTraceLimit = FRAMES;
  const { stack } = new Error();
  if (usual !== undefined) limits.stackTraceLimit = usual;
  return framesOf(stack);
}

function framesOf(stack: string | undefined): readonly Frame[] {
  return (stack?.split('\n') ?? []).flatMap((text) => {
    const place = /((?:file|https?):\/\/\S*?|\/\S*?|[A-Za-z]:\\.*?):(\d+):(\d+)\)?$/.exec(text);
    if (place === null) return [];
    return [{ file: place[1]!.replace(/^file:\/\//, ''), line: place[2]!, column: place[3]! }];
  });
}

function isWithin(root: string, file: string): boolean {
  return root !== '' && file.startsWith(root) && !file.includes('.test.');
}
