import { expect, test } from 'vitest';
import { exportedNames } from './exported-names.js';

const files: Readonly<Record<string, string>> = {
  'src/index.ts': [
    "export * from './shapes.js';",
    "export { inner as outer, type Deep } from './deep/deep.js';",
    "export type { Alone } from './deep/deep.js';",
    "export * as all from './deep/deep.js';",
    'export const { one, two: other } = pair;',
    '// export const commented = 1;',
    '  export const nested = 1;',
    'const hidden = 1;',
  ].join('\n'),
  'src/deep/deep.ts': 'export const inner = 1;\nexport type Deep = 1;\nexport type Alone = 2;',
  'src/shapes.ts': [
    'export interface Circle {}',
    'export type Shape = Circle;',
    'export async function draw() {}',
    'export abstract class Canvas {}',
    'export function* lines() {}',
    'export interface Both {}',
    'export const Both = 1;',
  ].join('\n'),
};

test('`exportedNames` lists what a module declares, lists and passes on, in order', () => {
  const names = exportedNames('src/index.ts', (path) => files[path]!);
  expect(names.map(({ name, isType }) => (isType ? `type ${name}` : name))).toEqual([
    'type Alone',
    'Both',
    'Canvas',
    'type Circle',
    'type Deep',
    'type Shape',
    'all',
    'draw',
    'lines',
    'one',
    'other',
    'outer',
  ]);
});

test('`exportedNames` says where a name is declared, however it is passed on', () => {
  const names = exportedNames('src/index.ts', (path) => files[path]!);
  expect(names.find(({ name }) => name === 'outer')?.origin).toBe('src/deep/deep.ts inner');
  expect(names.find(({ name }) => name === 'draw')?.origin).toBe('src/shapes.ts draw');
});

test.each(['export default 1;', 'export enum Colour {}', 'export const [first] = pair;'])(
  '`exportedNames` throws for %s, which it cannot read',
  (text) => {
    expect(() => exportedNames('src/index.ts', () => text)).toThrow(`got '${text}'`);
  },
);
