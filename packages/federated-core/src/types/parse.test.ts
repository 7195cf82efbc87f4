import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { types } from '../testing/arbitraries.js';
import { formatType, formatTypeIndented } from './format.js';
import { parseType } from './parse.js';
import {
  abstractType,
  atClients,
  atServer,
  bool,
  equalAtClients,
  float32,
  functionType,
  int32,
  sequence,
  struct,
  type Type,
} from './types.js';
import { substitute } from './unify.js';

describe('parseType', () => {
  test('`parseType` reads TFF’s notation when given its own examples', () => {
    expect(parseType('int32')).toEqual(int32());
    expect(parseType('float32[10,?]')).toEqual(float32(10, null));
    expect(parseType('<a=int32,b=<bool,float32>*>')).toEqual(
      struct({ a: int32(), b: sequence(struct([bool(), float32()])) }),
    );
    expect(parseType('{float32[10]}@CLIENTS')).toEqual(atClients(float32(10)));
    expect(parseType('float32@CLIENTS')).toEqual(equalAtClients(float32()));
    expect(parseType('<float32,float32>@SERVER')).toEqual(atServer(struct([float32(), float32()])));
    expect(parseType('<a={int32}@CLIENTS revealing,b=int32*@SERVER revealing>')).toEqual(
      struct({
        a: { ...atClients(int32()), disclosure: 'revealing' },
        b: { ...atServer(sequence(int32())), disclosure: 'revealing' },
      }),
    );
    expect(parseType('( -> int32)')).toEqual(functionType(null, int32()));
    expect(parseType('(<{T}@CLIENTS,(<U,T> -> U)> -> U@SERVER)')).toEqual(
      functionType(
        struct([
          atClients(abstractType('T')),
          functionType(struct([abstractType('U'), abstractType('T')]), abstractType('U')),
        ]),
        atServer(abstractType('U')),
      ),
    );
  });

  test('`parseType` gives the same type back when reading what `formatType` printed', () => {
    fc.assert(
      fc.property(types, (type) => {
        const again = parseType(formatType(type));
        expect(again).toEqual(type);
      }),
    );
  });

  test('`parseType` gives a struct without fields back, however it was written', () => {
    for (const empty of [struct({}), struct([]), struct({ a: struct([]) }), atServer(struct({}))]) {
      expect(parseType(formatType(empty))).toEqual(empty);
    }
  });

  test('`parseType` reads every type that can be made, at the greatest depth too', () => {
    // 100 levels with the tensor: 99 around it. The 101st is refused where the type is made.
    const nest = (around: (inner: Type) => Type, levels: number): Type => {
      let type: Type = float32();
      for (let level = 0; level < levels; level++) type = around(type);
      return type;
    };
    const layers: readonly ((inner: Type) => Type)[] = [
      (inner) => struct({ a: inner }),
      (inner) => struct([bool(), inner]),
      (inner) => sequence(inner),
      (inner) => functionType(inner, int32()),
      (inner) => functionType(null, inner),
    ];
    for (const layer of layers) {
      const deepest = nest(layer, 99);
      expect(parseType(formatType(deepest))).toEqual(deepest);
      expect(() => layer(deepest)).toThrow('need at most 100 levels, got 101');
    }
    const member = nest(layers[0]!, 98);
    expect(parseType(formatType(atClients(member)))).toEqual(atClients(member));
    for (const place of [atClients, equalAtClients, atServer]) {
      expect(() => place(nest(layers[0]!, 99))).toThrow('need at most 100 levels, got 101');
    }
    // A type variable that is filled in.
    expect(() => substitute(sequence(abstractType('T')), new Map([['T', nest(layers[2]!, 99)]]))).toThrow(
      'need at most 100 levels, got 101',
    );
  });

  test('`parseType` reads the indented form when a type is broken over lines', () => {
    fc.assert(
      fc.property(types, fc.nat(40), (type, width) => {
        expect(formatType(parseType(formatTypeIndented(type, width)))).toBe(formatType(type));
      }),
    );
    expect(formatTypeIndented(parseType('<a=int32,b=<c=float32[784,200],d=bool>>'), 20)).toBe(
      '<\n  a=int32,\n  b=<\n    c=float32[784,200],\n    d=bool\n  >\n>',
    );
  });

  test('`parseType` ends in a type or in words when it is given any text', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '{',
      '}',
      '(',
      ')',
      ' -> ',
      '@',
      '*',
      ',',
      '=',
      'int32',
      'a',
      '[',
      ']',
      '?',
      'CLIENTS',
      '9',
      ' revealing',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            formatType(parseType(text));
          } catch (error) {
            expect((error as Error).message).toMatch(/^Cannot /);
          }
        },
      ),
    );
    expect(() => parseType('<'.repeat(1_000_000))).toThrow('need at most 100 levels at position 100');
    expect(() => parseType('int32'.padEnd(1_000_000, '*'))).toThrow(
      'need at most 100 levels at position 105',
    );
  });

  test.each([
    ['float32[', "Cannot parse the type 'float32[': need a dimension or ? at position 8, got the end"],
    ['<a=int32,bool>', 'need either all fields named or none at position 9'],
    ['{int32}', "need '@' at position 7, got the end"],
    ['int32@EDGE', "need CLIENTS or SERVER at position 6, got 'EDGE'"],
    ['float32[9007199254740992]', 'need a dimension of at most 9007199254740991 at position 24'],
    ['int32@SERVER revealingly', "need the end of the type at position 13, got 'revealingly'"],
    ['int32 int32', "need the end of the type at position 6, got 'int32'"],
    ['<a=int32,a=bool>', 'need distinct field names'],
    ['', 'need a type at position 0'],
    ['{int32@SERVER}@CLIENTS', 'Cannot make a federated value type: it must hold data, got a federated type'],
    ['<(int32 -> int32)>*', 'Cannot make a sequence type: it must hold data, got a function type'],
  ])('`parseType` says what it needs and where when given %j', (text, message) => {
    expect(() => parseType(text)).toThrow(message);
  });
});
