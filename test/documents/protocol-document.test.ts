// docs/protocol.md says what the code does: its tables and its example are compared with the code's own.
import { readFileSync } from 'node:fs';
import { deriveSeed, generator } from '@starling/federated-core';
import { conversationStates, encodeMessage, messageTypes, wireCodes } from '@starling/wire';
import { describe, expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

describe('docs/protocol.md', () => {
  test('lists every code with its close code and meaning, and no other', () => {
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (–|\d+) \| (.+) \|$/gm)].map(
      ([, code, close, meaning]) => [code, close === '–' ? 0 : Number(close), meaning],
    );
    expect(rows).toEqual(Object.entries(wireCodes).map(([code, [close, meaning]]) => [code, close, meaning]));
  });

  test('lists every message with its type byte', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, byte, name]) => [
      name,
      Number(byte),
    ]);
    expect(rows).toEqual(Object.entries(messageTypes));
  });

  test('lists what each end takes in each state', () => {
    const { coordinator, client } = conversationStates;
    const names = (types: readonly string[]): string => types.map((type) => `\`${type}\``).join(', ');
    for (const state of ['greeting', 'preparing', 'ready'] as const) {
      const row = new RegExp(`^\\| \`${state}\` \\| [^|]+ \\| ([^|]+) \\| ([^|]+) \\|$`, 'm').exec(page);
      expect(row?.slice(1), state).toEqual([names(coordinator[state]), names(client[state])]);
    }
  });

  test('shows the bytes of a `hello`', () => {
    const dump = /`hello` with `{"client":"mote-1"}`:\n\n((?: {4}.*\n)+)/.exec(page)?.[1] ?? '';
    const bytes = dump
      .trim()
      .split(/\s+/)
      .map((byte) => Number.parseInt(byte, 16));
    expect(bytes).toEqual([...encodeMessage('hello', { client: 'mote-1' })]);
  });

  test('gives seeds and numbers that the generator gives', () => {
    const words = generator([7, 0]);
    const facts = [
      `derive([7, 0], "client", "client-2") | [${deriveSeed([7, 0], 'client', 'client-2').join(', ')}]`,
      `derive([7, 0], 3) | [${deriveSeed([7, 0], 3).join(', ')}]`,
      `derive([7, 0], "order", 0, 1) | [${deriveSeed([7, 0], 'order', 0, 1).join(', ')}]`,
      `the stream of [7, 0] | ${Array.from({ length: 5 }, () => words.uint32()).join(', ')}, …`,
      `uniform of [7, 0] | ${generator([7, 0]).uniform()}`,
      `permutation(8) of [7, 0] | ${generator([7, 0]).permutation(8).join(' ')}`,
    ];
    for (const fact of facts) expect(page).toContain(`| ${fact} |`);
  });
});
