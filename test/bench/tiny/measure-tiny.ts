// Measures one question to very many clients in this process, and prints one JSON line. `tiny.ts` starts it.
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, runRounds, threadsRuntime } from '@starling/runtime';
import { median } from '../median.js';
import { type QuestionName, questionOf } from './tiny-questions.js';

export interface TinyRequest {
  readonly question: QuestionName;
  readonly runtime: 'in-process' | 'threads';
  readonly workers: number;
  readonly clients: number;
  /** Rounds that are timed, after `warmup` others. */
  readonly rounds: number;
  readonly warmup: number;
}

export interface TinyUse {
  readonly medianRoundMs: number;
  readonly clientsPerSecond: number;
  /** Of all threads, for one client. */
  readonly cpuMicrosPerClient: number;
  /** What the run ended in: the same on every runtime. */
  readonly stateHash: string;
}

const request = JSON.parse(process.argv[2]!) as TinyRequest;
const { question, runtime, workers, clients, rounds, warmup } = request;
const { computation, arguments: given, population } = questionOf(question, clients);

const ends: number[] = [];
const cpuMicros: number[] = [];
const { stateHash } = await runRounds({
  computation,
  ...(given !== undefined && { arguments: given }),
  population,
  sampler: uniformSampler({ cohortSize: clients }),
  runtime: runtime === 'threads' ? threadsRuntime({ workers }) : inProcessRuntime(),
  rounds: warmup + rounds,
  seed: 1,
  onRound() {
    ends.push(performance.now());
    const { user, system } = process.cpuUsage();
    cpuMicros.push(user + system);
  },
});
// From one round's end to the next one's, so that sampling and all else of the loop is in it.
const spans = ends.slice(warmup).map((end, index) => end - ends[warmup + index - 1]!);
const medianRoundMs = median(spans);
const use: TinyUse = {
  medianRoundMs,
  clientsPerSecond: (clients / medianRoundMs) * 1000,
  cpuMicrosPerClient: (cpuMicros.at(-1)! - cpuMicros[warmup - 1]!) / rounds / clients,
  stateHash,
};
process.stdout.write(`${JSON.stringify(use)}\n`);
process.exit();
