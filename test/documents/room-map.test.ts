// ARCHITECTURE.md shows the rooms and arrows of the package.json files; `npm run map` prints them anew.
import { describe, expect, test } from 'vitest';
import { readText, rooms } from '../support/repository.js';
import { type MappedRoom, roomMap, withMap } from './room-map.js';

const room = (floor: number, name: string, ...dependencies: readonly string[]): MappedRoom => ({
  name: `@starling/${name}`,
  floor,
  dependencies: new Set(dependencies.map((dependency) => `@starling/${dependency}`)),
});

describe('roomMap', () => {
  test('`roomMap` draws the highest floor first, and no arrow that others imply', () => {
    const map = roomMap([
      room(0, 'core'),
      room(1, 'b', 'core'),
      room(1, 'a', 'core'),
      room(2, 'top', 'core', 'b', 'a'),
    ]);
    expect(map.split('\n')).toEqual([
      '     2  top  ──► a, b',
      '     1  a    ──► core',
      '        b    ──► core',
      '     0  core',
    ]);
  });

  test('`roomMap` leaves packages out when they are no rooms', () => {
    const outside = { name: '@starling/a', floor: 0, dependencies: new Set(['ws']) };
    expect(roomMap([outside])).toBe('     0  a');
  });

  // Of 100 columns, floor and name take 8 + 20 and the arrow 5, so that 67 are left: three names of 20 take
  // 20 + 2 + 20 + 2 + 20 and a comma, 65; four would take 87.
  test('`roomMap` wraps the arrows of a room when they are longer than 100 columns', () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(20));
    const lines = roomMap([...names.map((name) => room(0, name)), room(1, 'top', ...names)]).split('\n');
    const [a, b, c, d, e] = names;
    expect(lines.slice(0, 2)).toEqual([
      `     1  ${'top'.padEnd(20)} ──► ${a}, ${b}, ${c},`,
      `${' '.repeat(33)}${d}, ${e}`,
    ]);
  });
});

describe('withMap', () => {
  test('`withMap` throws when the document has no markers', () => {
    expect(() => withMap('# Nothing', 'map')).toThrow(/^Cannot print the map: need the lines/);
  });

  test('`withMap` leaves ARCHITECTURE.md as it is, since it shows the rooms of the package.json files', () => {
    const document = readText('ARCHITECTURE.md');
    expect(document).toBe(withMap(document, roomMap(rooms())));
  });
});
