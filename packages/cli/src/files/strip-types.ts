// TypeScript to JavaScript by leaving out the types (amaro, the stripper that Node 22 ships), in place: lines and
// columns stay those of the user's file.
import { transformSync } from 'amaro';

/** The same text with blanks for types; throws a `SyntaxError` that names the line. */
export function stripTypes(path: string, source: string): string {
  try {
    return transformSync(source, { mode: 'strip-only' }).code;
  } catch (report) {
    throw faultOf(path, String(report));
  }
}

/** What is wrong with a file that cannot be read; `null` if nothing is. */
export function syntaxFault(path: string, source: string): SyntaxError | null {
  try {
    stripTypes(path, source);
    return null;
  } catch (error) {
    return error as SyntaxError;
  }
}

/**
 * From amaro's report, which is text: the reason, then lines of the source such as ` 4 | enum A {}`, and below the
 * line at fault a row of carets.
 */
function faultOf(path: string, report: string): SyntaxError {
  const reason = /^\s*x (.*)/.exec(report)?.[1] ?? 'it cannot be parsed';
  const [, line, row = ''] = /^ *(\d+) \|.*\n( *: *\^)/m.exec(report) ?? [];
  const place = line === undefined ? path : `${path}:${line}:${row.length - row.indexOf(':') - 2}`;
  const unsupported = /^(.*) is not supported in strip-only mode/.exec(reason)?.[1];
  const language = /ts$/.test(path) ? 'TypeScript' : 'JavaScript';
  const words =
    unsupported === undefined
      ? `it must be valid ${language}, got a mistake: ${reason}`
      : `it must be TypeScript that only adds types to JavaScript, got ${unsupported}`;
  return new SyntaxError(`Cannot read the file: ${words}\n    at ${place}`);
}
