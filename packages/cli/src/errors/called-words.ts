// What to do in place of calling what is no function: JavaScript names what was called, and the user's own file tells
// what made it. So `double is not a function` becomes words on how a computation runs.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StackFrame } from '@starling/federated-core/plan';

/** What the user's functions make, and how it is used: `name` stands for what the user has called it. */
interface Made {
  readonly what: string;
  /** What to write in place of a call of the thing itself. */
  readonly called: (name: string) => string;
  /** What it has, for calls of what it has not. */
  readonly members: (name: string) => string;
}

const process: Made = {
  what: 'a process',
  called: (name) => `Write runRounds({ process: ${name}, … })`,
  members: (name) =>
    `Write runRounds({ process: ${name}, … }), or evaluate(${name}.next, { state, … }, { run }) for one round`,
};

const local: Made = {
  what: 'a local computation',
  called: (name) =>
    `Write federatedMap(${name}, value) in the body of a federatedComputation, which evaluate or runRounds runs`,
  members: (name) => `It is data: write federatedMap(${name}, value) in the body of a federatedComputation`,
};

const federated: Made = {
  what: 'a federated computation',
  called: (name) =>
    `Write evaluate(${name}, { … }, { run }), runRounds({ computation: ${name}, … }), or call(${name}, value) in the body of another one`,
  members: (name) =>
    `It is data: write evaluate(${name}, { … }, { run }), or runRounds({ computation: ${name}, … })`,
};

const population: Made = {
  what: 'a population',
  called: (name) => `Write ${name}.load(index), or runRounds({ population: ${name}, … })`,
  members: (name) =>
    `Its methods are ${name}.clientId(index), ${name}.exampleCount(index) and ${name}.load(index)`,
};

const sampler: Made = {
  what: 'a sampler',
  called: (name) => `Write runRounds({ sampler: ${name}, … })`,
  members: (name) => `Its method is ${name}.sample({ round, seed, populationSize })`,
};

/** By the name of the function that made it. */
const MAKERS: readonly (readonly [RegExp, Made])[] = [
  [/^localComputation$/, local],
  [/^(?:federatedComputation|federatedEvaluation|evaluationByClient|personalEvaluation)$/, federated],
  [/^(?:iterativeProcess|learningProcess|federatedAveraging|federatedSgd|federatedKMeans)$/, process],
  [/^(?:fed[A-Z]\w*|fairFed|qFedAvg|scaffold|ditto|afl|minDiff)$/, process],
  [/(?:^populationOf|Population)$/, population],
  [/Sampler$/, sampler],
];

/** Words for a `TypeError` that `frame` threw; `null` if its file does not tell what was called. */
export function calledWords({ message }: Error, { file }: StackFrame): string | null {
  const [, path] = /^([\w$.]+) is not a function$/.exec(message) ?? [];
  if (path === undefined) return null;
  const [root = '', member, ...deeper] = path.split('.');
  if (deeper.length > 0) return null;
  const made = madeIn(file, root);
  if (member === undefined) {
    if (made !== null) return words(path, made.what, made.called(root));
    return isPart(root) && isTakenFromProcess(file, root)
      ? words(path, federated.what, partCalled(root))
      : null;
  }
  if (made === null) return null;
  const got = made === process && isPart(member) ? federated.what : `${made.what} without '${member}'`;
  return words(path, got, made.members(root));
}

const words = (path: string, got: string, advice: string): string =>
  `Cannot call ${path}: need a function, got ${got}. ${advice}`;

const partCalled = (name: string): string =>
  `Write evaluate(${name}, { … }, { run }), or give runRounds the process itself`;

const isPart = (name: string): boolean => name === 'next' || name === 'initialize';

/** What `const name = maker(…)` makes, here or in the user's file that it is imported from. */
function madeIn(file: string, name: string): Made | null {
  const source = sourceOf(file);
  const declared = new RegExp(
    `\\b(?:const|let|var)\\s+${plain(name)}\\s*(?::[^=\\n]+)?=\\s*(?:await\\s+)?(\\w+)\\s*[(<]`,
  );
  const maker = declared.exec(source)?.[1];
  if (maker !== undefined) return kindMadeBy(maker);
  const imported = new RegExp(`\\bimport\\s*\\{[^{}]*\\b${plain(name)}\\s*[,}][^;'"]*['"](\\.[^'"]+)['"]`);
  const from = imported.exec(source)?.[1];
  // A name that the other file imports in turn is not looked for: two files may import each other.
  const other = from === undefined ? undefined : declared.exec(sourceOf(join(dirname(file), from)))?.[1];
  return other === undefined ? null : kindMadeBy(other);
}

/** Of `const { initialize, next } = process`. */
function isTakenFromProcess(file: string, part: string): boolean {
  const taken = new RegExp(`\\{[^{}]*\\b${part}\\b[^{}]*\\}\\s*=\\s*(\\w+)`);
  const from = taken.exec(sourceOf(file))?.[1];
  return from !== undefined && (kindMadeBy(from) ?? madeIn(file, from)) === process;
}

function kindMadeBy(maker: string): Made | null {
  return MAKERS.find(([pattern]) => pattern.test(maker))?.[1] ?? null;
}

const plain = (name: string): string => name.replaceAll('$', '\\$');

/** Empty where there is no such file; `./model.js` may be written as `model.ts`. */
function sourceOf(file: string): string {
  for (const path of [file, file.replace(/\.(m?)js$/, '.$1ts')]) {
    try {
      return readFileSync(path, 'utf8');
    } catch {}
  }
  return '';
}
