// A client of a simulation: it says that it is there every now and then, works when it is asked, keeps its report until
// it hears that it has arrived, or crashes, and asks until it hears whether it counts.
import type { Generator } from '@starling/federated-core';
import {
  type Control,
  encodeBodyMessage,
  encodeMessage,
  isMessage,
  type Message,
  spokenVersions,
} from '@starling/wire';
import type { Checker } from './checker.js';
import type { Clock } from './clock.js';
import type { FaultMix } from './mix.js';
import { type Network, SERVER } from './network.js';
import { bytesOf, reportOf, wordsOf } from './work.js';

/** Between two signs of life, milliseconds. */
export const HELLO_MS = 150;
const CHUNK_BYTES = 4; // so that a report takes several frames

/** An attempt at a round. */
type Attempt = Pick<Control<'commit'>, 'run' | 'round' | 'attempt'>;

export interface SimulatedClient {
  readonly name: string;
  receive(message: Message): void;
  crash(): void;
}

export function createClient(
  name: string,
  clock: Clock,
  random: Generator,
  network: Network,
  mix: FaultMix,
  checker: Checker,
  isHealed: () => boolean,
): SimulatedClient {
  let life = 0;
  let isUp = false;
  /** By what was asked: what the client would send again. */
  let kept: { readonly key: string; readonly frames: readonly Uint8Array[] } | null = null;
  /** What it has reported to, and not heard of since. */
  let awaits: Attempt | null = null;
  const chance = (probability: number): boolean => !isHealed() && random.uniform() < probability;

  function start(): void {
    isUp = true;
    const of = ++life;
    const greet = (): void => {
      if (life !== of) return;
      const hello = { client: name, versions: spokenVersions, awaits };
      network.send(name, SERVER, [encodeMessage('hello', hello)]);
      clock.after(HELLO_MS * (0.5 + random.uniform()), greet);
    };
    clock.after(random.uniform() * 50, greet);
  }
  function heard(commit: Control<'commit'>): void {
    checker.heard(name, commit);
    const { run, round, attempt } = commit;
    if (awaits?.run === run && awaits.round === round && awaits.attempt === attempt) awaits = null;
  }
  function work(message: Message): void {
    if (!isMessage(message, 'work')) return;
    const { run, round, attempt, phase, broadcast } = message.control;
    const key = [run, round, attempt, phase, broadcast].join(' ');
    if (kept?.key === key) {
      network.send(name, SERVER, kept.frames);
      return;
    }
    const of = life;
    const address = { run, round, attempt, phase, broadcast };
    clock.after(random.uniform() * 200, () => {
      if (life !== of) return;
      if (chance(mix.failure)) {
        const why = { code: 'work-failed', reason: 'as the mix would have it' };
        network.send(name, SERVER, [encodeMessage('failed', { ...address, ...why })]);
        return;
      }
      const bytes = bytesOf(reportOf(name, address, wordsOf(message.body!)!));
      if (chance(mix.corruption)) bytes[0] = 0;
      const to = chance(mix.foreign) ? { ...address, run: 'another' } : address;
      const frames = encodeBodyMessage('update', to, bytes, { stream: 1, chunkBytes: CHUNK_BYTES });
      kept = { key, frames };
      awaits = { run, round, attempt };
      network.send(name, SERVER, frames);
    });
  }

  start();
  return {
    name,
    receive(message) {
      if (!isUp) return;
      if (isMessage(message, 'ack')) kept = null;
      else if (isMessage(message, 'commit')) heard(message.control);
      else work(message);
    },
    crash() {
      if (!isUp) return;
      isUp = false;
      life++;
      kept = null;
      awaits = null;
      clock.after(100 + random.uniform() * 1500, start);
    },
  };
}
