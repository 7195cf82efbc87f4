// One measurement in a process of its own, so that its memory, its start and its processor time are its own.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../support/repository.js';
import type { Configuration, Measurement, ModelName } from './configuration.js';
import { type Peer, peerRounds } from './peers/peers.js';

/** The cores that the standard work grants. */
const CORES = [0, 1];
/** No contender of the standard work takes longer; one that does hangs. */
const TIMEOUT_MS = 600_000;

/** A measurement of Starling. */
export async function measureStarling(configuration: Configuration): Promise<Measurement> {
  const script = fileURLToPath(new URL('./measure.js', import.meta.url));
  const measurement = (await starlingLine(script, [JSON.stringify(configuration)])) as Measurement;
  const { lossBefore, lossAfter } = measurement;
  // The speed of training that learns nothing is not a result.
  if (lossBefore === null || lossAfter === null || !(lossAfter < lossBefore)) {
    throw new Error(`Cannot take the measurement: the loss must fall, got ${lossBefore} → ${lossAfter}`);
  }
  return measurement;
}

/** The last line that a script of the benchmark prints, read as JSON. */
export async function starlingLine(script: string, args: readonly string[]): Promise<unknown> {
  return lastLine(await run(process.execPath, [script, ...args], {}));
}

/** A measurement of a peer, in as many processes as it takes. */
export async function measurePeer(peer: Peer, python: string, model: ModelName): Promise<Measurement> {
  const measurements = (await peerLines(peer, python, model, peerRounds(model))) as Measurement[];
  const total = (field: 'cpuMsPerRound' | 'peakMemoryMiB'): number =>
    measurements.reduce((sum, measurement) => sum + measurement[field], 0);
  // Times are those of rank 0, whose rounds end when all others' do; processor time and memory add up.
  return {
    ...measurements[0]!,
    cpuMsPerRound: total('cpuMsPerRound'),
    peakMemoryMiB: total('peakMemoryMiB'),
  };
}

/** The last line of each of a peer's processes, read as JSON. */
export async function peerLines(
  peer: Peer,
  python: string,
  model: ModelName,
  { warmup, rounds }: { readonly warmup: number; readonly rounds: number },
  more: readonly string[] = [],
): Promise<readonly unknown[]> {
  const script = join(root, 'test', 'bench', 'peers', peer.script);
  const options = {
    ...{ '--model': model, '--warmup': warmup, '--rounds': rounds, '--threads': peer.threads },
    ...(peer.mode !== undefined && { '--mode': peer.mode }),
  };
  const args = [script, ...Object.entries(options).flat().map(String), ...more];
  const addresses = Array.from({ length: peer.processes }, (_, rank) => `127.0.0.1:${29611 + rank}`).join();
  const outputs = await Promise.all(
    Array.from({ length: peer.processes }, (_, rank) =>
      run(python, args, {
        OMP_NUM_THREADS: String(peer.threads),
        PYTHONDONTWRITEBYTECODE: '1',
        ...(peer.processes > 1 ? { PFL_WORKER_ADDRESSES: addresses, PFL_WORKER_RANK: String(rank) } : {}),
      }),
    ),
  );
  return outputs.map(lastLine);
}

/** Runs a command on the two cores and gives its stdout; throws with its stderr if it fails. */
function run(
  command: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>>,
): Promise<string> {
  const pinned = process.platform === 'linux' && availableParallelism() > CORES.length;
  const [executable, ...rest] = pinned
    ? ['taskset', '-c', CORES.join(), command, ...args]
    : [command, ...args];
  const env: NodeJS.ProcessEnv = { ...process.env, ...extra };
  // A library pinned to an older processor would slow a peer down.
  delete env['OPENBLAS_CORETYPE'];
  return new Promise((resolve, reject) => {
    const child = spawn(executable!, rest, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(`Cannot measure: ${command} ended with ${signal ?? code}\n${err.slice(-2000)}`));
    });
  });
}

function lastLine(output: string): unknown {
  return JSON.parse(output.trimEnd().split('\n').at(-1)!);
}
