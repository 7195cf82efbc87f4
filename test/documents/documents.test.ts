// Keeps the documents true: links lead somewhere, and the TypeScript they show compiles against the packages.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createProgram } from '@starling/cli';
import { afterAll, describe, expect, test } from 'vitest';
import { readText, rooms, root, trackedFiles } from '../support/repository.js';
import { snippetsOf } from '../support/snippets.js';

const documents = trackedFiles('.md');
/** Whether its commands are such as are to be typed, rather than mistakes. */
const isMeant = (path: string): boolean => !/\bmistakes(\/[\w-]+)?\.md$/.test(path);

/** The anchor that a heading gets: lower case, words joined by hyphens, other signs left out. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function anchorsOf(text: string): ReadonlySet<string> {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return new Set([...prose.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] as string)));
}

/** Links of a document to other files and headings, outside code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] as string)
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('packages', () => {
  test('have each a README.md under their name, which npm shows', () => {
    const folders = rooms()
      .map(({ folder, name }) => ({ folder, name }))
      .filter(({ folder }) => folder.startsWith('packages/'));
    const without = folders.filter(({ folder, name }) => {
      const path = join(folder, 'README.md');
      return !existsSync(join(root, path)) || !readText(path).startsWith(`# ${name}\n`);
    });
    expect(without).toEqual([]);
  });
});

describe('documents', () => {
  test('link only to files and headings that are there', () => {
    const broken = documents.flatMap((path) =>
      linksOf(readText(path)).filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        if (!existsSync(join(root, target))) return true;
        return anchor !== undefined && target.endsWith('.md') && !anchorsOf(readText(target)).has(anchor);
      }),
    );
    expect(broken).toEqual([]);
  });

  test('name no file of a room that is not there', () => {
    // `engines/onnx/free-buffers.ts`: from the sources of a room, which the sentence names, or from its folder.
    const sources = trackedFiles('.ts');
    const broken = documents.flatMap((document) =>
      [...readText(document).matchAll(/`((?:[\w-]+\/)+[\w.-]+\.ts)`/g)]
        .map((match) => match[1] as string)
        .filter((path) => !sources.some((source) => `/${source}`.endsWith(`/${path}`)))
        .map((path) => `${document}: ${path}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('commands', () => {
  const program = createProgram();
  const optionsOf = new Map(
    program.commands.map((command) => [
      command.name(),
      new Set([
        ...[command, ...command.commands].flatMap(({ options }) => options.map(({ long }) => long)),
        '--help',
      ]),
    ]),
  );

  test('of all documents are commands of starling, with options that they take', () => {
    // `starling <command> …` in code, up to what ends the command there: a backtick, a comment, a pipe, the line's end.
    const uses = documents.filter(isMeant).flatMap((path) =>
      [...readText(path).matchAll(/(?:^ {4}.*?|`)(?:npx )?\bstarling ([a-z]+)([^`#|\n]*)/gm)].map(
        (match) => ({
          path,
          command: match[1] as string,
          options: [...(match[2] as string).matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option),
        }),
      ),
    );
    expect(uses.length).toBeGreaterThan(5);
    const wrong = uses.flatMap(({ path, command, options }) => {
      const known = optionsOf.get(command);
      if (known === undefined) return [`${path}: starling ${command}`];
      return options
        .filter((option) => !known.has(option))
        .map((option) => `${path}: starling ${command} ${option}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('snippets', () => {
  const folder = join(root, '.starling', 'snippets');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('of all documents compile under the strictest flags', { timeout: 120_000 }, () => {
    const snippets = documents.flatMap((path) =>
      snippetsOf(readText(path)).map((code, index) => ({
        name: `${path.replace(/[^a-z0-9]+/gi, '-')}-${index + 1}.ts`,
        code,
      })),
    );
    expect(snippets.length).toBeGreaterThan(0);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { name, code } of snippets) writeFileSync(join(folder, name), code);
    const config = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        noEmit: true,
        composite: false,
        declaration: false,
        declarationMap: false,
        sourceMap: false,
      },
      files: snippets.map(({ name }) => name),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const run = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    expect(`${run.stdout}${run.stderr}`).toBe('');
    expect(run.status).toBe(0);
  });
});
