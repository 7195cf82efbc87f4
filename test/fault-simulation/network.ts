// Messages on their way between the server and its clients: as frames of the wire, which the receiver reads; lost,
// doubled, late and out of order as the mix says.
import type { Generator } from '@starling/federated-core';
import { createAssembler, decodeFrame, type Message } from '@starling/wire';
import type { Clock } from './clock.js';
import type { FaultMix } from './mix.js';

export const SERVER = 'server';

export interface Network {
  /** `from` or `to` is the server. */
  send(from: string, to: string, frames: readonly Uint8Array[]): void;
  /** The client is cut off, or no longer. */
  cut(client: string, isCut: boolean): void;
  /** From here on nothing goes wrong. */
  heal(): void;
}

export function createNetwork(
  clock: Clock,
  random: Generator,
  mix: FaultMix,
  deliver: (from: string, to: string, message: Message) => void | Promise<void>,
): Network {
  const cuts = new Set<string>();
  let isHealed = false;
  const chance = (probability: number): boolean => !isHealed && random.uniform() < probability;

  function transport(from: string, to: string, frames: readonly Uint8Array[]): void {
    const delay = chance(mix.reordering) ? random.uniform() * mix.longDelayMs : 1 + random.uniform() * 20;
    clock.after(delay, async () => {
      if (cuts.has(from) || cuts.has(to)) return;
      const assembler = createAssembler();
      for (const frame of frames) {
        const message = assembler.push(decodeFrame(frame));
        if (message !== null) await deliver(from, to, message);
      }
    });
  }
  return {
    send(from, to, frames) {
      if (cuts.has(from) || cuts.has(to) || chance(mix.loss)) return;
      transport(from, to, frames);
      if (chance(mix.duplication)) transport(from, to, frames);
    },
    cut(client, isCut) {
      if (isCut && !isHealed) cuts.add(client);
      else cuts.delete(client);
    },
    heal() {
      isHealed = true;
      cuts.clear();
    },
  };
}
