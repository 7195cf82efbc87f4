// Stacks as engines print them, read line by line; and whose code a line is: Starling's, an installed package's, or
// the user's.

export interface StackFrame {
  /** The function that was called, such as `Table.read`; `null` where it has no name. */
  readonly call: string | null;
  /** A path, or a URL that is not of a file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `at load (/home/ann/study.ts:3:5)` of V8, `load@https://…:3:5` of others. */
const LINE = /^(?:(.*?)(?: \(|@))?((?:file:|node:|https?:|\/|[A-Za-z]:[\\/])[^()<>]*):(\d+):(\d+)\)?$/;

/** A frame for each line of a stack below its message; `null` for one that names no file. */
export function framesOf(stack: string, message = ''): readonly (StackFrame | null)[] {
  return linesOf(stack, message).map(frameOf);
}

/** The lines of a stack below its message, which is not in it if the message was replaced after the error was made. */
function linesOf(stack: string, message: string): readonly string[] {
  const start = stack.indexOf(message);
  const lines = stack.slice(start < 0 ? 0 : start + message.length).split('\n');
  const ofV8 = lines.filter((line) => /^ +at /.test(line));
  return ofV8.length > 0 ? ofV8 : lines;
}

/**
 * The lines of an error's stack that are the user's own, the innermost first: what is neither Starling's, nor an
 * installed package's, nor Node's.
 */
export function userFrames(error: Error): readonly StackFrame[] {
  return placesOf(error).filter(({ file }) => !isStarlings(file) && !isInstalled(file));
}

/** Whether an error was thrown by code of Starling's, and so in its words. */
export function isThrownByStarling(error: Error): boolean {
  const [frame] = placesOf(error);
  return frame !== undefined && isStarlings(frame.file);
}

/**
 * Whether an error was thrown by the user's own code, or by what is part of JavaScript for it, such as `JSON.parse`.
 */
export function isThrownByUser({ stack = '', message }: Error): boolean {
  const [first = ''] = linesOf(stack, message);
  const frame = frameOf(first);
  if (frame === null) return /<anonymous>|\bnative\b/.test(first);
  return !isStarlings(frame.file) && !isInstalled(frame.file);
}

function placesOf({ stack = '', message }: Error): readonly StackFrame[] {
  return framesOf(stack, message).filter((frame) => frame !== null);
}

/** `/home/ann/study.ts:3:5`. */
export function formatPlace({ file, line, column }: StackFrame): string {
  return `${file}:${line}:${column}`;
}

function frameOf(text: string): StackFrame | null {
  const match = LINE.exec(text.trim().replace(/^at (?:async )?/, ''));
  if (match === null) return null;
  const [, call = '', place = '', line, column] = match;
  return { call: call || null, file: pathOf(place), line: Number(line), column: Number(column) };
}

const ownFile = framesOf(new Error().stack ?? '')[0]?.file ?? '';
/** The folder that holds Starling's packages, in its repository or where they are installed; none in a bundle. */
const home = /^(.*\/)[^/]+\/(?:src|dist)\/errors\/stack-frames\.[jt]s/.exec(ownFile)?.[1];

/** The folder of Starling that a file lies in, such as `learning`; `null` for a file of someone else. */
export function roomOf(file: string): string | null {
  const path = pathOf(file);
  if (home === undefined || !path.startsWith(home)) return null;
  return /^([^/]+)\/(?:src|dist)\//.exec(path.slice(home.length))?.[1] ?? null;
}

/** Whether a file is code of Starling's; its tests are users of it. */
export function isStarlings(file: string): boolean {
  if (home === undefined) return file === ownFile;
  return roomOf(file) !== null && !file.includes('.test.');
}

/** Whether a file is an installed package's, or part of Node. */
export function isInstalled(file: string): boolean {
  return file.includes('node_modules') || file.startsWith('node:');
}

/** The path of a file's URL; anything else as it is. */
function pathOf(url: string): string {
  if (!url.startsWith('file:')) return url;
  const path = url.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, '');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
