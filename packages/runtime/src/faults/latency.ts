// How long a client's answer takes, drawn from a generator: by inversion of the distribution function, or, of the
// log-normal, from a standard normal number.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import type { ClassLatency, Latency } from './fault-schema.js';

/** `seed`: of the draw; `ownSeed`: of the client, for good. In milliseconds. */
export function drawLatency(latency: Latency, seed: Seed, ownSeed: Seed): number {
  if (latency.distribution !== 'classes') return drawOf(latency, seed);
  const at = generator(ownSeed).uniform();
  let below = 0;
  for (const each of latency.classes) {
    below += each.share;
    if (at < below) return drawOf(each.latency, seed);
  }
  return drawOf(latency.classes.at(-1)!.latency, seed); // shares add up to 1, except for rounding
}

function drawOf(latency: ClassLatency, seed: Seed): number {
  const { uniform, normal } = generator(seed);
  switch (latency.distribution) {
    case 'constant':
      return latency.ms;
    case 'uniform':
      return latency.lowMs + (latency.highMs - latency.lowMs) * uniform();
    case 'exponential':
      return -latency.meanMs * Math.log(1 - uniform());
    case 'log-normal':
      return Math.exp(latency.mu + latency.sigma * normal());
    case 'trace':
      return latency.ms[Math.floor(uniform() * latency.ms.length)]!;
    default:
      return latency satisfies never;
  }
}

/** The shortest that can be drawn. */
export function leastLatency(latency: Latency): number {
  switch (latency.distribution) {
    case 'constant':
      return latency.ms;
    case 'uniform':
      return latency.lowMs;
    case 'exponential':
      return 0;
    case 'log-normal':
      return latency.sigma === 0 ? Math.exp(latency.mu) : 0;
    case 'trace':
      return Math.min(...latency.ms);
    case 'classes':
      return Math.min(...latency.classes.map((each) => leastLatency(each.latency)));
    default:
      return latency satisfies never;
  }
}

/** The seed that a client's class is drawn from. */
export function classSeed(seed: Seed, rule: number, client: string): Seed {
  return deriveSeed(seed, 'class', rule, client);
}
