// docs/semantics.md says what every error code of federated-core means, and no other.
import { expect, it } from 'vitest';
import { readText, sourceFiles } from './support/repository.js';

const MADE = /(?:StarlingError|RejectedUpdateError|super)\(\s*'([a-z-]+)'/g;
const DECLARED = /^ {2}\| '([a-z-]+)'/gm;

it('docs/semantics.md explains each error code of federated-core', () => {
  const sources = sourceFiles().filter(
    ({ room, isTest }) => room.name === '@starling/federated-core' && !isTest,
  );
  const codes = sources.flatMap(({ path, text }) => [
    ...[...text.matchAll(MADE)].map((match) => match[1]!),
    ...(path.endsWith('starling-error.ts') ? [...text.matchAll(DECLARED)].map((match) => match[1]!) : []),
  ]);
  const rows = readText('docs/semantics.md').match(/^\| `[^|]*\|/gm) ?? [];
  const explained = rows.flatMap((row) =>
    [...row.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map((match) => match[1]!),
  );
  expect([...new Set(codes)].sort()).toEqual([...new Set(explained)].sort());
  expect(codes.length).toBeGreaterThan(15);
});
