// Makes many mistakes in one process, each as the `starling` command does: a process of its own for each would load
// tf.js a hundred times. Run by mistakes.test.ts with two paths: a list of command lines, and where to write what was
// printed.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { runCommand } from '@starling/cli';

export interface Job {
  readonly directory: string;
  readonly command: readonly string[];
}

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A mistake is refused at once, or in the first round of a small run. */
const LIMIT_MS = 20_000;

Error.stackTraceLimit = 100;

// Of what nobody awaits; a process of its own would end with it.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`nobody awaits: ${String(error)}\n`);
});

const [jobsPath = '', printedPath = ''] = process.argv.slice(2);
const jobs = JSON.parse(readFileSync(jobsPath, 'utf8')) as readonly Job[];
/** A command that has run a federation ends its process a little later, if anything was left open. */
const exit = process.exit.bind(process);
process.exit = (() => {}) as typeof process.exit;

const all: Printed[] = [];
for (const job of jobs) {
  all.push(await make(job));
  writeFileSync(printedPath, JSON.stringify(all));
}
exit(0); // a command that goes on has been given up

async function make({ directory, command }: Job): Promise<Printed> {
  process.chdir(directory);
  process.exitCode = 0;
  const written = { stdout: '', stderr: '' };
  const usual = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (text: string | Uint8Array) => {
      written[stream] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    };
  }
  const limit = new AbortController();
  const late = setTimeout(LIMIT_MS, command, { signal: limit.signal }).then(stopped, () => {});
  try {
    await Promise.race([runCommand(command), late]);
  } finally {
    limit.abort();
    Object.assign(process.stdout, { write: usual.stdout });
    Object.assign(process.stderr, { write: usual.stderr });
  }
  const code = Number(process.exitCode);
  process.exitCode = 0;
  process.removeAllListeners('exit'); // of `run`, which has a process of its own elsewhere
  return { ...written, code };
}

function stopped(command: readonly string[]): void {
  process.stderr.write(`does not end: ${command.join(' ')}\n`);
  process.exitCode = 124;
}
