// The federations of the pages for those who come from other frameworks, simulated as these say; their other programs
// are run as those of all documents are.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readText } from './support/repository.js';
import { snippetNamed } from './support/snippets.js';
import { doneOf, recordOf, startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-coming-from-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  // Ten classes: guessing gives 0.1.
  ['flower', 'federation.ts', ['--rounds', '4', '--set', 'localEpochs=2'], 0.5],
  // Both features of the survivors are larger than those of the others: a line parts them.
  ['disco', 'task.ts', [], 0.99],
])('the federation of docs/coming-from-%s.md learns', async (from, name, parameters, least) => {
  writeFileSync(join(folder, name), snippetNamed(`docs/coming-from-${from}.md`, name));
  const command = ['simulate', name, '--runtime', 'in-process', '--json', ...parameters];
  const { stdout, code } = await startStarling(command, { directory: folder }).finished;
  expect(code).toBe(0);
  const rounds = recordOf(stdout).flatMap((line) => (line.type === 'round' ? [line] : []));
  expect(doneOf(stdout).rounds).toBe(rounds.length);
  const { evaluation, metrics } = rounds.at(-1)!;
  expect(((evaluation ?? metrics) as { readonly accuracy: number }).accuracy).toBeGreaterThan(least);
});

test.each(['tff', 'flower', 'disco'])('docs/coming-from-%s.md has ten programs, each beside ours', (from) => {
  const [, ...sections] = readText(`docs/coming-from-${from}.md`).split('\n## ');
  const programs = sections.filter((section) => !section.startsWith('What stands where'));
  expect(programs.length).toBeGreaterThanOrEqual(10);
  for (const program of programs) expect(program).toMatch(/^```(python|bash|js)\n/m);
});
