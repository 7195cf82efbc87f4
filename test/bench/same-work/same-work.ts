// Whether contenders do the same work: ten rounds of logistic regression in which nothing is drawn, after which their
// losses agree to three digits. A peer that cannot train in order is named, and not compared.
import { fileURLToPath } from 'node:url';
import { peerLines, starlingLine } from '../child.js';
import { type Peer, peers, pythonOf } from '../peers/peers.js';

export const ROUNDS = 10;
const MODEL = 'lr';
const DIGITS = 3;

/** Prints a line for each contender; sets the exit code to 1 if losses differ, or if one cannot be had. */
export async function checkSameWork(folder: string): Promise<void> {
  const script = fileURLToPath(new URL('./measure-same-work.js', import.meta.url));
  const expected = lossOf(await starlingLine(script, []));
  say('Starling, threads ×2', expected.toPrecision(7));
  for (const peer of peers.filter(({ models }) => models.includes(MODEL))) {
    const python = pythonOf(peer, folder);
    if (python !== null) say(peer.name, await compared(peer, python, expected));
  }
}

async function compared(peer: Peer, python: string, expected: number): Promise<string> {
  if (!peer.hasOrder) return 'not compared: it draws cohorts or orders of its own';
  try {
    const rounds = { warmup: 0, rounds: ROUNDS };
    const [line] = await peerLines(peer, python, MODEL, rounds, ['--in-order']);
    const loss = lossOf(line);
    const isSame = loss.toPrecision(DIGITS) === expected.toPrecision(DIGITS);
    if (!isSame) process.exitCode = 1;
    return `${loss.toPrecision(7)}${isSame ? '' : `, which is other work: need ${expected.toPrecision(DIGITS)}`}`;
  } catch (error) {
    process.exitCode = 1;
    return `failed: ${error instanceof Error ? error.message : error}`;
  }
}

const lossOf = (line: unknown): number => (line as { readonly lossAfter: number }).lossAfter;

function say(name: string, what: string): void {
  process.stderr.write(`same work, ${MODEL}, ${ROUNDS} rounds: ${name}: ${what}\n`);
}
