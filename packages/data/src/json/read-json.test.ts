// JSON lines and LEAF: what they give, and 13 ways in which their files are broken.
import { float32, int32, struct, uint8 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { text } from '../columns/column-type.js';
import { inspectData } from '../formats/inspect-data.js';
import { numbers, written } from '../testing/written-file.js';
import { readJsonLines } from './read-json-lines.js';
import { readLeaf } from './read-leaf.js';

const lines =
  '{"who":"a","x":[1,2.5],"y":3}\n\n{"who":"b","x":[3,4],"y":null}\r\n{"y":5,"who":"a","x":[5,6]}';

describe('readJsonLines', () => {
  test('gives each client its rows, with lists as tensors and null as missing', async () => {
    const data = await readJsonLines(written('a.jsonl', lines), {
      client: 'who',
      missing: { fill: { y: -1 } },
    });
    expect([...data.clientIds()]).toEqual(['a', 'b']);
    expect(data.element).toEqual(struct({ x: float32(2), y: int32() }));
    expect(await numbers(data, 0, 'x')).toEqual([1, 2.5, 5, 6]);
    expect(await numbers(data, 0, 'y')).toEqual([3, 5]);
    expect(await numbers(data, 1, 'y')).toEqual([-1]);
    const dropped = await readJsonLines(written('a.jsonl', lines), {
      client: 'who',
      missing: { rows: 'drop' },
    });
    expect([...dropped.clientIds()]).toEqual(['a']);
  });

  test('reads lines longer than what is read at once', async () => {
    const long = 'z'.repeat(3_000_000);
    const data = await readJsonLines(written('a.jsonl', `{"t":"${long}","x":1}\n{"t":"${long}","x":2}\n`), {
      columns: ['x'],
    });
    expect(await numbers(data, 0, 'x')).toEqual([1, 2]);
  });

  test.each([
    ['text', 'hello\n', {}, /line 1 must be JSON, got '.*'. Write one object a line/],
    ['a list', '{"x":1}\n[1]\n', {}, /line 2 must hold an object, got '\[1\]'/],
    ['half a line', '{"x":1}\n{"x":', {}, /line 2 must be JSON/],
    ['blank lines alone', ' \n\n', {}, /it must have rows, got none/],
    [
      'a further field',
      '{"x":1}\n{"x":1,"z":2}\n',
      {},
      /line 2, column 'z' must be a field of the first line, too, got x/,
    ],
    [
      'a field that is missing',
      '{"x":1,"y":1}\n{"x":1}\n',
      {},
      /line 2, column 'y' must have a value, got none/,
    ],
    [
      'no client',
      '{"x":1,"c":"a"}\n{"x":1,"c":null}\n',
      { client: 'c' },
      /line 2, column 'c' must name the client/,
    ],
    [
      'lists of two lengths',
      '{"x":[1]}\n{"x":[1,2]}\n',
      {},
      /line 2, column 'x' must hold lists of shape \[1\], got \[2\]/,
    ],
    ['ragged lists', '{"x":[[1],[1,2]]}\n', {}, /column 'x' must hold lists of one length/],
    ['text in lists', '{"x":["a"]}\n', {}, /line 1, column 'x' must hold lists of numbers/],
    [
      'another type than given',
      '{"x":"ab"}\n',
      { types: { x: int32() } },
      /line 1, column 'x' must be a whole number .*, got 'ab'/,
    ],
    [
      'text that is too long',
      '{"x":"ab"}\n',
      { types: { x: text(1) } },
      /line 1, column 'x' must be text of at most 1 bytes/,
    ],
  ])('refuses a file with %s, and says where', async (_, content, options, message) => {
    await expect(readJsonLines(written('a.jsonl', content), options)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
  });
});

const leaf = JSON.stringify({
  users: ['u "1"', 'u2'],
  num_samples: [2, 1],
  user_data: {
    'u "1"': {
      x: [
        [0.5, 1],
        [2, 3],
      ],
      y: [4, 5],
      t: ['}{"', '\\'],
    },
    u2: { x: [[6, 7]], y: [8], t: ['é'] },
  },
  after: { user: { x: [1] } },
});

describe('readLeaf', () => {
  test.each([
    ['as it is written', leaf],
    ['with blanks and lines', JSON.stringify(JSON.parse(leaf), null, 2)],
  ])('gives each user its rows, %s', async (_, content) => {
    const data = await readLeaf(written('a.json', content));
    expect([...data.clientIds()]).toEqual(['u "1"', 'u2']);
    expect(data.element).toEqual(struct({ x: float32(2), y: int32(), t: uint8(3) }));
    expect(await numbers(data, 0, 'x')).toEqual([0.5, 1, 2, 3]);
    expect(await numbers(data, 0, 't')).toEqual([...Buffer.from('}{"\\\0\0')]);
    expect(await numbers(data, 1, 'y')).toEqual([8]);
  });

  test('reads the files of a folder by their names', async () => {
    const file = (id: string) => JSON.stringify({ user_data: { [id]: { x: [1] } } });
    const path = written('train/b.json', file('second'));
    written('train/a.json', file('first'));
    written('train/notes.txt', '');
    const data = await readLeaf(path.replace(/.b\.json$/, ''));
    expect([...data.clientIds()]).toEqual(['first', 'second']);
  });

  test.each([
    ['that ends early', leaf.slice(0, 150), /must be whole, got an end in the middle of its data/],
    ['that is no object', '[1]', /line 1 must begin with an object, got '\['/],
    ['that is text', '\nhello', /line 2 must begin with an object, got 'h'/],
    ['without user_data', '{"users":[]}', /must have a field 'user_data', got none/],
    ['without users', '{"user_data":{}}', /it must have rows, got none/],
    [
      'with a user twice',
      '{"user_data":{"a":{"x":[1]},"a":{"x":[1]}}}',
      /client 'a' must stand in one place/,
    ],
    [
      'with lists of two lengths',
      '{"user_data":{"a":{"x":[1],"y":[]}}}',
      /client 'a', column 'y' must be a list of 1 values/,
    ],
    [
      'with no list',
      '{"user_data":{"a":{"x":1}}}',
      /client 'a', column 'x' must be a list, a value a row, got number/,
    ],
    [
      'with a missing value',
      '{"user_data":{"a":{"x":[1,null]}}}',
      /row 2, client 'a', column 'x' must have a value/,
    ],
    ['with bad JSON inside', '{"user_data":{"a":{"x":[1,,2]}}}', /client 'a' must be JSON/],
  ])('refuses a file %s, and says where', async (_, content, message) => {
    await expect(readLeaf(written('a.json', content))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
  });
});

test('`inspectData` tells the format by the ending of the name', async () => {
  expect(await inspectData(written('a.jsonl', lines), { client: 'who' })).toMatchObject({
    format: 'JSON lines',
    rows: 3,
    clients: { count: 2, rows: { min: 1, median: 1.5, max: 2 } },
  });
  expect(await inspectData(written('a.json', leaf))).toMatchObject({
    format: 'LEAF',
    clients: { column: null, count: 2 },
  });
  await expect(inspectData(written('a.xls', leaf))).rejects.toThrow('must have a name that ends in .csv');
});
