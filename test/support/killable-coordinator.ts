// A coordinator in a process of its own, from the build, that a test kills when it sees fit.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** This file may be a source, as tests load it, or built. */
const BUILT = import.meta.url.endsWith('.ts') ? '../dist/support' : '.';
const COORDINATOR = fileURLToPath(new URL(`${BUILT}/coordinator-process.js`, import.meta.url));

/** What it prints: a line for each committed round, and one at the end. */
export interface CoordinatorLine {
  readonly round?: number;
  readonly rounds?: number;
  readonly stateHash?: string;
}

export interface CoordinatorRun {
  readonly lines: readonly CoordinatorLine[];
  /** The signal that ended it, or its exit code and what it wrote to stderr. */
  readonly end: string;
}

export interface KillableCoordinator {
  readonly child: ChildProcess;
  readonly ended: Promise<CoordinatorRun>;
}

/**
 * `work`: which process it runs, see `coordinator-process.ts`. `fileKiB`: no file of its own may grow beyond it, as on
 * a disk that is full.
 */
export function startCoordinator(
  options: {
    readonly port: number;
    readonly state: string;
    readonly rounds: number;
    readonly clients: number;
    readonly work: 'threshold' | 'rows' | 'attacked' | 'present' | 'keeping';
    readonly fileKiB?: number;
  },
  onLine: (lines: readonly CoordinatorLine[], child: ChildProcess) => void = () => {},
): KillableCoordinator {
  const { port, state, rounds, clients, work, fileKiB } = options;
  const command = [process.execPath, COORDINATOR, String(port), state, String(rounds), String(clients), work];
  // The signal is ignored, so that the write fails (EFBIG) and the process lives.
  const limit =
    fileKiB === undefined ? [] : ['bash', '-c', `trap '' XFSZ; ulimit -f ${fileKiB}; exec "$@"`, '-'];
  const [file, ...rest] = [...limit, ...command] as [string, ...string[]];
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: CoordinatorLine[] = [];
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as CoordinatorLine);
    onLine(lines, child);
  });
  const ended = new Promise<CoordinatorRun>((resolve) =>
    child.once('close', (code, signal) => resolve({ lines, end: signal ?? `${code} ${errors}` })),
  );
  return { child, ended };
}
