import { expect, test } from 'vitest';
import { circlesIn } from './circles.js';

const graph = (...edges: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from!, [...(next.get(from!) ?? []), to!]);
  return next;
};

test('`circlesIn` finds nothing when every path ends, however they join', () => {
  expect(circlesIn(graph('ab', 'ac', 'bd', 'cd', 'de'))).toEqual([]);
});

test('`circlesIn` gives each circle once, with all nodes that reach each other', () => {
  // a → b → c → a and b → d → b are one; x ↔ y stand apart; e only follows.
  expect(circlesIn(graph('ab', 'bc', 'ca', 'bd', 'db', 'de', 'xy', 'yx'))).toEqual([
    ['a', 'b', 'c', 'd'],
    ['x', 'y'],
  ]);
});
