// docs/protocol.md says what the code does: its tables and its example are compared with the code's own.
import { readFileSync } from 'node:fs';
import { deriveSeed, generator } from '@starling/federated-core';
import { controlSchemas, conversationStates, encodeMessage, messageTypes, wireCodes } from '@starling/wire';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';

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

  test('lists the fields of every message, each with its type, and which may be left out', () => {
    const common = new Map(
      rowsOf('3. Messages', /^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$/gm).map(([field, type]) => [field, type]),
    );
    const own = new Map(
      rowsOf('3. Messages', /^\| `(\w+)` \| `(\w+)` \| ([^|]+) \| [^|]+ \|$/gm).map(
        ([message, field, type]) => [`${message} ${field}`, type],
      ),
    );
    for (const [message, schema] of Object.entries(controlSchemas)) {
      const { properties, required } = z.toJSONSchema(schema, { io: 'input' }) as unknown as ObjectSchema;
      const row = new RegExp(`^\\| \\d+ \\| \`${message}\` \\| [^|]+ \\| [^|]+ \\| ([^|]+) \\|`, 'm').exec(
        page,
      );
      const fields = Object.keys(properties).map(
        (name) => `\`${name}${required.includes(name) ? '' : '?'}\``,
      );
      expect(row?.[1], message).toBe(fields.join(', '));
      for (const [field, json] of Object.entries(properties)) {
        const said = own.get(`${message} ${field}`) ?? common.get(field);
        own.delete(`${message} ${field}`);
        expect(said, `${message} ${field}`).toBe(typeText(json));
      }
    }
    expect([...own.keys()]).toEqual([]); // no field that is not there
  });

  test('lists what each end takes in each state', () => {
    const { coordinator, client } = conversationStates;
    const names = (types: readonly string[]): string => types.map((type) => `\`${type}\``).join(', ');
    for (const state of ['greeting', 'preparing', 'ready'] as const) {
      const row = rowsOf('5. The conversation', /^\| `(\w+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/gm).find(
        ([name]) => name === state,
      );
      expect(row, state).toEqual([state, names(coordinator[state]), names(client[state])]);
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

/** The cells of each row of that form in a section. */
function rowsOf(title: string, pattern: RegExp): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(title)) ?? '';
  return [...section.matchAll(pattern)].map(([, ...cells]) => cells);
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

/** As much of a JSON schema as the wire's have. */
interface Schema extends Partial<ObjectSchema> {
  readonly type?: string;
  readonly anyOf?: readonly [Schema, { readonly type: 'null' }];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly prefixItems?: readonly Schema[];
  readonly items?: Schema;
}

/** A type in the words of the page. */
function typeText(schema: Schema): string {
  if (schema.anyOf !== undefined) return `${typeText(schema.anyOf[0])}, or null`;
  if (schema.enum !== undefined) return `one of ${schema.enum.map((each) => `\`${each}\``).join(', ')}`;
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeText).join(', ')}]`;
  const { minimum = 0, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const from = minimum === 0 ? '' : `, from ${minimum}`;
  switch (schema.type) {
    case 'integer':
      return `${maximum === 255 ? 'byte' : maximum === 2 ** 32 - 1 ? 'uint32' : 'integer'}${from}`;
    case 'boolean':
      return 'true or false';
    case 'number':
      return `number, from ${minimum}`;
    case 'array':
      return `${minItems === undefined ? `at most ${maxItems}` : `${minItems} to ${maxItems}`} of ${typeText(schema.items!)}`;
    case 'object': {
      const fields = Object.entries(schema.properties!).map(
        ([name, each]) => `${name}${schema.required!.includes(name) ? '' : '?'}: ${typeText(each)}`,
      );
      return `{${fields.join(', ')}}`;
    }
    case 'string':
      if (schema.pattern !== undefined) return schema.pattern.startsWith('^[0-9a-f]') ? 'hash' : 'code';
      if (maxLength === undefined) return 'reason';
      return minLength === undefined ? `text, at most ${maxLength}` : `text, ${minLength} to ${maxLength}`;
    default:
      throw new TypeError(`Cannot word a type: need one of JSON, got ${JSON.stringify(schema)}`);
  }
}
