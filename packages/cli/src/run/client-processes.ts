// The client side of `--runtime websocket` on one machine: processes of `starling client`, each holding a range of
// the population. They speak to the coordinator over the loopback and share no memory with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StarlingError } from '@starling/federated-core';
import type { EngineChoice } from '@starling/runtime/engines';

const STARLING = fileURLToPath(new URL('../../bin/starling.js', import.meta.url));
/** Lines of a client's log that are kept for the error, should it fail. */
const KEPT_LINES = 20;
const EXIT_MS = 5_000;
/** What a process that has ended may have printed is read by then. */
const LAST_WORDS_MS = 500;

export interface ClientProcessOptions {
  readonly federation: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly engine: EngineChoice;
  readonly population: number;
  /** At most one a client. */
  readonly processes: number;
  readonly url: string;
  /** Where clients keep a state, in a folder for each process. Default: in memory. */
  readonly clientStates?: string;
  /** Told once, when a process ends that was not asked to: `clients-lost`. */
  readonly onFailure: (error: Error) => void;
}

export interface ClientProcesses {
  readonly pids: readonly number[];
  /** Ends all processes and waits for them. */
  stop(): Promise<void>;
}

/** Index ranges [from, to) that split `population` clients evenly over at most `processes` parts. */
export function clientRanges(population: number, processes: number): readonly (readonly [number, number])[] {
  const parts = Math.min(population, processes);
  const boundary = (part: number): number => Math.floor((part * population) / parts);
  return Array.from({ length: parts }, (_, part) => [boundary(part), boundary(part + 1)] as const);
}

export function startClientProcesses(options: ClientProcessOptions): ClientProcesses {
  let stopping = false;
  const settings = Object.entries(options.settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const children = clientRanges(options.population, options.processes).map(([from, to]) => {
    const parameters = [
      'client',
      options.federation,
      '--url',
      options.url,
      '--range',
      `${from}:${to}`,
      '--engine',
      options.engine,
      ...(options.clientStates === undefined ? [] : ['--keep', join(options.clientStates, `${from}-${to}`)]),
      ...settings,
    ];
    // With the channel open a client notices when this process is gone, however it ended.
    const child = spawn(process.execPath, [STARLING, ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, STARLING_LOG_LEVEL: process.env['STARLING_LOG_LEVEL'] ?? 'warn' },
    });
    const log = keepLastLines(child);
    passOn(child);
    child.once('exit', (code, signal) => {
      // A client that the coordinator dismissed ends by itself, with 0.
      if (stopping || code === 0) return;
      stopping = true;
      options.onFailure(
        new StarlingError(
          'clients-lost',
          `Cannot continue without clients ${from} to ${to - 1}: their process ended with ${signal ?? code}`,
          {
            cause: new Error(log.join(' | ') || 'it logged nothing'),
          },
        ),
      );
    });
    return child;
  });
  return {
    pids: children.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async stop() {
      stopping = true;
      await Promise.all(children.map(endProcess));
    },
  };
}

function keepLastLines(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter((line) => line !== ''));
    lines.splice(0, Math.max(0, lines.length - KEPT_LINES));
  });
  return lines;
}

/** What the user's code prints there is printed here, by whole lines, as if it had run in this process. */
function passOn({ stdout }: ChildProcess): void {
  let open = '';
  const print = (text: string): void => {
    if (text !== '') process.stdout.write(text);
  };
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) print(open + text.slice(0, end));
    open = end > 0 ? text.slice(end) : open + text;
  });
  stdout?.once('end', () => print(open));
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('exit', () => void setTimeout(resolve, LAST_WORDS_MS).unref());
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS);
  await ended;
  clearTimeout(timer);
}
