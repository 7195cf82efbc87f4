// The text of the standard work: next-character prediction in the shape of federated Shakespeare, made by a rule so
// that it can be learnt. Number for number that of peers/work.py.
import { int32, sequence, struct } from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';
import { randomState } from './random-state.js';
import { CLIENTS } from './standard-data.js';

/** Texts a client. */
export const TEXTS = 20;
/** Characters read, and predicted, in a text. */
export const STEPS = 80;
/** Different characters, padding and unknown ones included, as in Reddi et al. (ICLR 2021). */
export const CHARACTERS = 90;
const ROWS = CLIENTS * TEXTS;
/** The share of characters that do not follow the rule. */
const NOISE = 0.2;

/** One example: the characters of a text, and for each the one that comes after it. */
export const textExample = struct({ x: int32(STEPS), y: int32(STEPS) });

/** Clients that hold `{ data }`: texts whose next character is (3c + 7) mod 90, one in five replaced. */
export function textPopulation(): Population {
  const width = STEPS + 1;
  const random = randomState(0);
  const replaced = Uint8Array.from({ length: ROWS * width }, () => (random.uniform() < NOISE ? 1 : 0));
  const text = Int32Array.from({ length: ROWS * width }, () => Math.floor(random.uniform() * CHARACTERS));
  for (let at = 0; at < text.length; at++) {
    if (at % width > 0 && replaced[at] === 0) text[at] = (3 * text[at - 1]! + 7) % CHARACTERS;
  }
  const values = Array.from({ length: CLIENTS }, (_, client) => {
    const column = (shift: number) => {
      const data = Int32Array.from({ length: TEXTS * STEPS }, (_, at) => {
        const row = client * TEXTS + Math.floor(at / STEPS);
        return text[row * width + (at % STEPS) + shift]!;
      });
      return { dtype: 'int32', shape: [TEXTS, STEPS], data } as const;
    };
    return { data: { length: TEXTS, columns: { x: column(0), y: column(1) } } };
  });
  return populationOf(values, struct({ data: sequence(textExample) }), { name: 'standard-text' });
}
