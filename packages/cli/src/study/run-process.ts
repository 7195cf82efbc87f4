// One run of a study: `starling simulate` in a process of its own, as a user would start it. It is kept in a folder, so
// that whatever ends it, the same command continues it.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RecordLine } from '@starling/runtime/events';

const STARLING = fileURLToPath(new URL('../../bin/starling.js', import.meta.url));
/** Of what it says on stderr, the end is kept. */
const KEPT_CHARACTERS = 4_000;

export interface RunProcess {
  /** Resolves once it is gone, however it ended. */
  readonly ended: Promise<RunProcessEnd>;
  /** As Ctrl-C does: the rounds that are committed stand. */
  stop(): void;
  kill(): void;
}

export interface RunProcessEnd {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of its log. */
  readonly log: string;
}

/** `onLine` is told each line of its record. */
export function startRun(parameters: readonly string[], onLine: (line: RecordLine) => void): RunProcess {
  const child = spawn(process.execPath, [STARLING, 'simulate', ...parameters], {
    // With the channel open it notices when this process is gone, however it ended.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // In a group of its own, Ctrl-C reaches it once, from here, and not from the terminal as well.
    detached: process.platform !== 'win32',
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-KEPT_CHARACTERS);
  });
  readLines(child, onLine);
  return {
    ended: new Promise((resolve) => {
      child.once('error', ({ message }) => resolve({ code: null, signal: null, log: message }));
      child.once('close', (code, signal) => resolve({ code, signal, log: log.trim() }));
    }),
    stop: () => void child.kill('SIGINT'),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** With `--json`, stdout has the record and nothing else. */
function readLines({ stdout }: ChildProcess, onLine: (line: RecordLine) => void): void {
  let open = '';
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (open + text).split('\n');
    open = lines.pop() ?? '';
    for (const line of lines) {
      const read = readLine(line);
      if (read !== null) onLine(read);
    }
  });
}

/** `null` for what a native library prints past Node: the record is read from its file in the end. */
function readLine(line: string): RecordLine | null {
  try {
    return JSON.parse(line) as RecordLine;
  } catch {
    return null;
  }
}
