// A random order of any number of things, of which each place is computed by itself: nothing is stored.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';

const ROUNDS = 6;

/**
 * The number at a place of an order of 0 … size − 1 that `seed` decides: a permutation. A Feistel network over the
 * least even number of bits that holds them (Luby, Rackoff, "How to Construct Pseudorandom Permutations from
 * Pseudorandom Functions", 1988); what falls outside is sent through again (Black, Rogaway, "Ciphers with Arbitrary
 * Finite Domains", 2002). `size` is up to 2^52.
 */
export function seededOrder(size: number, seed: Seed): (place: number) => number {
  const half = 2 ** Math.ceil(Math.log2(Math.max(2, size)) / 2);
  const mix = (left: number, right: number, round: number): number =>
    (left + (generator(deriveSeed(seed, round, right)).uint32() % half)) % half;
  return (place) => {
    let at = place;
    do {
      let [left, right] = [Math.floor(at / half), at % half];
      for (let round = 0; round < ROUNDS; round++) [left, right] = [right, mix(left, right, round)];
      at = left * half + right;
    } while (at >= size);
    return at;
  };
}
