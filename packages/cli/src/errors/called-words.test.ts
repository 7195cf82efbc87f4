import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { calledWords } from './called-words.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-called-'));
  writeFileSync(join(folder, 'model.ts'), 'export const double = localComputation(float32(), (x) => x);\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said of a call in a file. */
function said(source: string, called: string): string | null {
  const file = join(folder, 'study.ts');
  writeFileSync(file, source);
  return calledWords(new TypeError(`${called} is not a function`), { call: null, file, line: 1, column: 1 });
}

describe('calledWords', () => {
  test.each([
    [
      'const double = localComputation(float32(), f);',
      'double',
      'a local computation. Write federatedMap(double,',
    ],
    [
      "import { type A, double } from './model.js';",
      'double',
      'a local computation. Write federatedMap(double,',
    ],
    [
      'const mean: Mean = federatedComputation<A>(x, f);',
      'mean',
      'a federated computation. Write evaluate(mean,',
    ],
    ['const p = fedProx({ model });', 'p', 'a process. Write runRounds({ process: p, … })'],
    ['const p = fedProx({ model });', 'p.next', 'a federated computation. Write runRounds({ process: p'],
    ['const p = fedProx({ model });', 'p.run', "a process without 'run'. Write runRounds({ process: p"],
    [
      'const { initialize, next } = fedProx({ model });',
      'next',
      'a federated computation. Write evaluate(next,',
    ],
    [
      'const p = fedProx({ model });\nconst { next } = p;',
      'next',
      'a federated computation. Write evaluate(next,',
    ],
    [
      'let all = await joinedPopulation(a, b);',
      'all.sample',
      "a population without 'sample'. Its methods are",
    ],
    [
      'var $s = uniformSampler({ cohortSize: 1 });',
      '$s.draw',
      "a sampler without 'draw'. Its method is $s.sample(",
    ],
  ])('knows of %o what %s is', (source, called, got) => {
    expect(said(source, called)).toContain(`Cannot call ${called}: need a function, got ${got}`);
  });

  test.each([
    ['const double = doubled(1);', 'double'],
    ["import { double } from './none.js';", 'double'],
    ["import { double } from 'elsewhere';", 'double'],
    ['const items = new Map();', 'items.next'],
    ['const { next } = list;', 'next'],
    ['const p = fedProx({ model });', 'p.model.fit'],
    ['const p = fedProx({ model });', '(intermediate value)'],
  ])('does not guess of %o what %s is', (source, called) => {
    expect(said(source, called)).toBeNull();
  });

  test('does not guess of a file that is not there', () => {
    const frame = { call: null, file: join(folder, 'gone.ts'), line: 1, column: 1 };
    expect(calledWords(new TypeError('double is not a function'), frame)).toBeNull();
  });
});
