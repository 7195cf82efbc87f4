// The corpus of mistakes: pages of Markdown, each with mistakes of one family and what a user reads of them. A page is
// parsed, its mistakes are made, and the page is printed anew with what was said.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from './repository.js';

/** A page of `test/mistakes`. */
export interface MistakePage {
  /** Without its ending: `optimizers`. */
  readonly name: string;
  /** All before the first mistake. */
  readonly opening: string;
  /** A module that the mistakes may use the exports of: the block of the opening. */
  readonly given: string;
  readonly mistakes: readonly Mistake[];
}

export interface Mistake {
  readonly title: string;
  /** The section as it is written, up to what was said. */
  readonly text: string;
  /** What the user wrote in a file; `null` where the mistake is on the command line alone. */
  readonly code: string | null;
  /** What the user typed after `starling`. */
  readonly command: readonly string[];
  /** The line that says so, as in a terminal; `null` where the file is run, and no more. */
  readonly typed: string | null;
  /** Whether it needs a process of its own, such as one that ends its process. */
  readonly isAlone: boolean;
  /** What the page says that the user reads. */
  readonly said: string;
}

const FOLDER = 'test/mistakes';

export function mistakePages(): readonly MistakePage[] {
  return readdirSync(join(root, FOLDER))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => parsePage(file.replace(/\.md$/, ''), readText(join(FOLDER, file))));
}

export function parsePage(name: string, text: string): MistakePage {
  const [opening = '', ...sections] = text.split(/^(?=## )/m);
  const given = /^```ts\n([\s\S]*?)^```/m.exec(opening)?.[1] ?? 'export {};\n';
  return { name, opening, given, mistakes: sections.map(parseMistake) };
}

export function parseMistake(section: string): Mistake {
  const title = /^## (.*)/.exec(section)?.[1] ?? '';
  const block = /^```ts mistake( alone)?\n([\s\S]*?)^```/m.exec(section);
  const from = block === null ? section.indexOf('\n') : block.index + block[0].length;
  const saidAt = section.slice(from).search(/^ {4}\S/m);
  const text = (saidAt < 0 ? section : section.slice(0, from + saidAt)).trimEnd();
  const lines =
    saidAt < 0
      ? []
      : section
          .slice(from + saidAt)
          .trimEnd()
          .split('\n');
  const printed = lines.map((line) => line.slice(4));
  const typed = printed[0]?.startsWith('$ ') === true ? printed[0] : null;
  return {
    title,
    text,
    code: block?.[2] ?? null,
    command: typed === null ? ['run', 'mistake.ts'] : wordsOf(typed).slice(2),
    typed,
    isAlone: block?.[1] !== undefined || DEBUGS.test(typed ?? ''),
    said: printed.slice(typed === null ? 0 : 1).join('\n'),
  };
}

/** As a shell takes them: `''` is empty text. */
function wordsOf(line: string): readonly string[] {
  return line.split(/\s+/).map((word) => (word === "''" ? '' : word));
}

/** The page with what was said of its mistakes, in their order. */
export function printPage({ opening, mistakes }: MistakePage, said: readonly string[]): string {
  const sections = mistakes.map(({ text, typed }, index) => {
    const lines = [...(typed === null ? [] : [typed]), ...(said[index] as string).split('\n')];
    return `${text}\n\n${lines.map((line) => `    ${line}`.trimEnd()).join('\n')}\n`;
  });
  return `${opening.trimEnd()}\n\n${sections.join('\n')}`;
}

/** From then on a process lets bodies read values. */
const DEBUGS = /^\$ starling debug /;

/** Names that a file needs no import for: those of Starling's packages, by package. */
const PACKAGES = [
  'federated-core',
  'compute',
  'learning',
  'aggregators',
  'population',
  'runtime',
  'data',
  'datasets',
  'client',
  'coordinator',
];

/**
 * The module that is loaded: the code as it is shown, so that its lines are those of the page, and below it the imports
 * of the names that it uses.
 */
export function moduleOf(code: string, given: string): string {
  const words = new Set(code.match(/[A-Za-z_$][\w$]*/g));
  const exported = [...given.matchAll(/^export (?:const|function|class|async function) (\w+)/gm)].map(
    ([, name]) => name as string,
  );
  const used = (names: readonly string[]): readonly string[] =>
    names.filter((name) => words.has(name) && !isDeclared(code, name));
  const own = used(exported);
  const imports = [
    [own, '../given.ts'] as const,
    ...PACKAGES.map(
      (room) => [used(namesOf(room)).filter((name) => !own.includes(name)), `@starling/${room}`] as const,
    ),
    [used(['z']), 'zod'] as const,
  ];
  const lines = imports
    .filter(([names]) => names.length > 0)
    .map(([names, from]) => `import { ${names.join(', ')} } from '${from}';\n`);
  return code + lines.join('');
}

/** Whether the code imports or declares the name itself. */
function isDeclared(code: string, name: string): boolean {
  return new RegExp(`(?:const|let|function|class) ${name}\\b|^import .*\\b${name}\\b.* from`, 'm').test(code);
}

/** The values, not types, that a package exports: as `test/entries` pins them. */
function namesOf(room: string): readonly string[] {
  return readText(`test/entries/${room}.txt`)
    .split('\n')
    .filter((name) => name !== '' && !name.startsWith('type '));
}
