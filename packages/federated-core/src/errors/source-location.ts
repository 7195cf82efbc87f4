// Where in the user's file something was written, so that errors of tracing, compiling and running name it.

interface Frame {
  readonly file: string;
  readonly line: string;
  readonly column: string;
}

/** Deep records and processes of processes are more than the ten frames that V8 keeps by itself. */
const FRAMES = 100;

/** The directory of this package, built or not, as stacks name it: frames within it are not the user's. */
const ownRoot = (frames()[0]?.file ?? '').replace(/errors\/source-location\.[jt]s$/, '');

/** `file:line:column` of the nearest caller outside of this package; `null` when the engine tells no stack. */
export function sourceLocation(): string | null {
  const frame = frames().find(({ file }) => !isOwn(file));
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
  const lines = stack?.split('\n') ?? [];
  return lines.flatMap((text) => {
    const place = /((?:file|https?):\/\/\S*?|\/\S*?|[A-Za-z]:\\.*?):(\d+):(\d+)\)?$/.exec(text);
    if (place === null) return [];
    return [{ file: place[1]!.replace(/^file:\/\//, ''), line: place[2]!, column: place[3]! }];
  });
}

function isOwn(file: string): boolean {
  return ownRoot !== '' && file.startsWith(ownRoot) && !file.includes('.test.');
}
