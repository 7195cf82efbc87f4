import { describe, expect, test } from 'vitest';
import { formatPlace, framesOf, isStarlings, isThrownByUser, roomOf, userFrames } from './stack-frames.js';

/** The folder that holds the packages. */
const packages = decodeURI(new URL('../../../', import.meta.url).pathname);

describe('framesOf', () => {
  test('reads a line of V8, with and without the name of a function', () => {
    const stack = [
      'Error: no rows',
      '    at Table.read (file:///home/ann/my%20study/data.ts:8:60)',
      '    at async Promise.all (index 0)',
      '    at async /home/ann/study.cjs:3:5',
    ].join('\n');
    expect(framesOf(stack)).toEqual([
      { call: 'Table.read', file: '/home/ann/my study/data.ts', line: 8, column: 60 },
      null,
      { call: null, file: '/home/ann/study.cjs', line: 3, column: 5 },
    ]);
  });

  test('reads a line of other engines', () => {
    const [frame] = framesOf('read@https://ann.example/data.js:8:60\n');
    expect(frame).toEqual({ call: 'read', file: 'https://ann.example/data.js', line: 8, column: 60 });
  });

  test('names a drive of Windows as a path', () => {
    const [frame] = framesOf('    at read (file:///C:/ann/data.ts:8:60)');
    expect(formatPlace(frame!)).toBe('C:/ann/data.ts:8:60');
  });

  test('reads no frame out of a message', () => {
    const message = 'Cannot map\n    at /home/ann/study.ts:1:2';
    expect(framesOf(`Error: ${message}\n    at run (/home/ann/study.ts:3:4)`, message)).toHaveLength(1);
  });

  test('gives no place in code that was made from text', () => {
    expect(framesOf('    at eval (eval at run (file:///a.js:4:1), <anonymous>:1:13)')).toEqual([null]);
  });
});

describe('userFrames', () => {
  test('leaves out Starling, installed packages and Node', () => {
    const error = new Error('inner shapes');
    error.stack = [
      'Error: inner shapes',
      '    at assert (/home/ann/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:5:9)',
      `    at method (file://${packages}compute/dist/tensorflow/chained-operations.js:141:14)`,
      '    at train (file:///home/ann/study.ts:5:12)',
      `    at localComputation (file://${packages}compute/dist/capture/local-computation.js:60:10)`,
      '    at file:///home/ann/study.ts:3:15',
      '    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)',
    ].join('\n');
    expect(userFrames(error).map(formatPlace)).toEqual([
      '/home/ann/study.ts:5:12',
      '/home/ann/study.ts:3:15',
    ]);
  });
});

describe('isThrownByUser', () => {
  /** As V8 keeps it: the stack has the words that the error was made with. */
  const thrown = (words: string, frames: readonly string[], message = words): Error =>
    Object.assign(new Error(message), { stack: [`Error: ${words}`, ...frames].join('\n') });
  const own = '    at load (file:///home/ann/study.ts:5:12)';
  const installed = '    at assert (/home/ann/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:5:9)';
  const starlings = `    at localComputation (file://${packages}compute/dist/capture/local-computation.js:60:10)`;

  test('is told by the innermost line, where what JavaScript has built in is the user’s', () => {
    expect(isThrownByUser(thrown('no rows', [own, starlings]))).toBe(true);
    expect(isThrownByUser(thrown('no rows', ['    at JSON.parse (<anonymous>)', own, starlings]))).toBe(true);
    expect(isThrownByUser(thrown('no rows', [installed, own]))).toBe(false);
    expect(isThrownByUser(thrown('no rows', [starlings, own]))).toBe(false);
    expect(isThrownByUser(thrown('', [own, starlings]))).toBe(true);
  });

  test('holds for an error whose message was replaced after it was made, by one longer than the first lines', () => {
    const message = `Cannot read rows.csv of ann: ${'its first line has no columns, '.repeat(4)}`;
    expect(isThrownByUser(thrown('no rows', [own, starlings], message))).toBe(true);
    expect(isThrownByUser(thrown('no rows', [installed, own], message))).toBe(false);
  });

  test('reads no line out of the message', () => {
    expect(isThrownByUser(thrown(`bad line:\n${own}`, [installed, own]))).toBe(false);
  });

  test('reads lines of other engines, whose stacks have no message', () => {
    const error = Object.assign(new Error('no rows'), { stack: 'load@https://ann.example/study.js:8:60\n' });
    expect(isThrownByUser(error)).toBe(true);
  });
});

describe('roomOf', () => {
  test('is the folder of a package of Starling’s, built or not', () => {
    expect(roomOf(`file://${packages}learning/dist/index.js`)).toBe('learning');
    expect(roomOf(`${packages}learning/src/index.ts`)).toBe('learning');
    expect(roomOf('/home/ann/learning/src/index.ts')).toBeNull();
  });

  test('is not Starling’s own code where it is a test', () => {
    expect(isStarlings(`${packages}learning/src/index.ts`)).toBe(true);
    expect(isStarlings(`${packages}learning/src/index.test.ts`)).toBe(false);
  });
});
