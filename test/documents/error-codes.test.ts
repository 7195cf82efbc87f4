// docs/semantics.md says what every error code of federated-core means, and names no code that nothing gives.
import { expect, test } from 'vitest';
import { readText, sourceFiles } from '../support/repository.js';

const MADE = /(?:StarlingError|RejectedUpdateError|super)\(\s*'([a-z-]+)'/g;
const DECLARED = /^ {2}\| '([a-z-]+)'/gm;

const sources = sourceFiles().filter(({ isTest }) => !isTest);
const rows = readText('docs/semantics.md').match(/^\| `[^|]*\|/gm) ?? [];
const explained = rows.flatMap((row) => [...row.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]!));

test('docs/semantics.md explains each error code of federated-core', () => {
  const own = sources.filter(({ room }) => room.name === '@starling/federated-core');
  const codes = own.flatMap(({ path, text }) => [
    ...[...text.matchAll(MADE)].map((match) => match[1]!),
    ...(path.endsWith('starling-error.ts') ? [...text.matchAll(DECLARED)].map((match) => match[1]!) : []),
  ]);
  expect(codes.length).toBeGreaterThan(15);
  expect(codes.filter((code) => !explained.includes(code))).toEqual([]);
});

test('docs/semantics.md explains no code that nothing gives', () => {
  const given = (code: string): boolean => sources.some(({ text }) => text.includes(`'${code}'`));
  expect(explained.filter((code) => !given(code))).toEqual([]);
  expect(explained.length).toBeGreaterThan(15);
});
