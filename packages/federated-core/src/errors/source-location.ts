// Where in the user's file something was written, so that errors of tracing, compiling and running name it.

/** The directory of this package, built or not: frames within it are not the user's. */
const OWN_ROOT = new URL('..', import.meta.url).href;

/** `file:line:column` of the nearest caller outside of this package; `null` where the engine tells no stack. */
export function sourceLocation(): string | null {
  const { stack } = new Error();
  for (const line of stack?.split('\n').slice(1) ?? []) {
    const place = /((?:file|https?):\/\/.*?|\/.*?|[A-Za-z]:\\.*?):(\d+):(\d+)\)?$/.exec(line);
    if (place === null) continue;
    const [, file, row, column] = place as unknown as [string, string, string, string];
    if (isOwn(file)) continue;
    return `${file.replace(/^file:\/\//, '')}:${row}:${column}`;
  }
  return null;
}

function isOwn(file: string): boolean {
  const href = file.startsWith('/') ? `file://${file}` : file;
  return href.startsWith(OWN_ROOT) && !/\.test(-d)?\.[jt]s$/.test(href);
}

/** The line that an error adds to its words, or nothing where the place is unknown. */
export function atLocation(location: string | null): string {
  return location === null ? '' : `\n    at ${location}`;
}
