// Runs the real `starling` command as a child process, as a user's shell does.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type DoneLine, doneLine, type RecordLine, recordLine } from '@starling/runtime/record';
import { root } from './repository.js';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningStarling {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when stdout has a line that `matches`; rejects when the process ends first. */
  line(matches: (line: string) => boolean): Promise<string>;
}

export function startStarling(
  parameters: readonly string[],
  options: {
    readonly directory?: string;
    readonly environment?: Readonly<Record<string, string>>;
    /** Options of Node's own. */
    readonly node?: readonly string[];
  } = {},
): RunningStarling {
  const command = [...(options.node ?? []), join(root, 'packages/cli/bin/starling.js'), ...parameters];
  const child = spawn(process.execPath, command, {
    cwd: options.directory ?? root,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const line = (matches: (line: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = stdout.split('\n').slice(0, -1).find(matches);
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', look);
      void finished.then(() => reject(new Error(`the process ended without the line\n${stdout}\n${stderr}`)));
      look();
    });
  return { child, finished, line };
}

export function runStarling(...parameters: readonly string[]): Promise<Finished> {
  return startStarling(parameters).finished;
}

/** Every line of stdout, or of a `metrics.jsonl`, as a line of a record: throws if one is not. */
export function recordOf(text: string): readonly RecordLine[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => recordLine.parse(JSON.parse(line)));
}

/** The line that ends a record of a run that is done; throws if there is none. */
export function doneOf(text: string): DoneLine {
  return doneLine.parse(recordOf(text).at(-1));
}
