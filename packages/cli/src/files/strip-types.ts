// TypeScript to JavaScript by leaving out the types (amaro, the stripper that Node 22 ships), in place: lines and
// columns stay those of the user's file.
import { spawnSync } from 'node:child_process';
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
  const place = placeIn(report);
  const unsupported = /^(.*) is not supported in strip-only mode/.exec(reason)?.[1];
  const language = /ts$/.test(path) ? 'TypeScript' : 'JavaScript';
  const words =
    unsupported === undefined
      ? `it must be valid ${language}, got a mistake: ${reason}`
      : `it must be TypeScript that only adds types to JavaScript, got ${unsupported}`;
  return new SyntaxError(`Cannot read the file: ${words}\n    at ${path}${place}`);
}

/**
 * `:line:column`, or nothing if the report has none. Code of several lines has an arrow where it begins, ` 2 | ,-> `.
 */
function placeIn(report: string): string {
  const [, line, row = ''] = /^ *(\d+) \|.*\n( *: *\^)/m.exec(report) ?? [];
  if (line !== undefined) return `:${line}:${row.length - row.indexOf(':') - 2}`;
  const [, first, indent = ''] = /^ *(\d+) \| ,-> ( *)/m.exec(report) ?? [];
  return first === undefined ? '' : `:${first}:${indent.length + 1}`;
}

/**
 * What Node finds wrong with JavaScript that is left of a file without types, such as a decorator; `null` if nothing.
 * Node tells the line of it only where it prints it.
 */
export function nodeFault(path: string, source: string): SyntaxError | null {
  const { stderr, status } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: stripTypes(path, source),
    encoding: 'utf8',
  });
  const [, line, row] = /^\[stdin\]:(\d+)\n.*\n( *)\^/m.exec(stderr) ?? [];
  if (status === 0 || line === undefined || row === undefined) return null;
  const code = source.split('\n')[Number(line) - 1] ?? '';
  const reason = /^SyntaxError: (.*)$/m.exec(stderr)?.[1] ?? 'it cannot be parsed';
  const got = code.trimStart().startsWith('@')
    ? 'a decorator, which Node does not take'
    : `a mistake: ${reason}`;
  return new SyntaxError(
    `Cannot read the file: it must be valid JavaScript without its types, got ${got}\n    at ${path}:${line}:${row.length + 1}`,
  );
}
