import { expect, test } from 'vitest';
import { nameAttributes, TENSORFLOW_ATTRIBUTES } from './tensorflow-attributes.js';

test('`nameAttributes` hands every name to the addon, in calls that it refuses before TensorFlow runs them', () => {
  const named: string[] = [];
  nameAttributes({
    binding: {
      executeOp(_, attributes) {
        for (const { name, type } of attributes as { readonly name: string; readonly type: unknown }[]) {
          named.push(name);
          // As the addon, whose types are integers.
          if (!Number.isInteger(type)) throw new TypeError('A number was expected');
        }
      },
    },
  });
  expect(named).toEqual(TENSORFLOW_ATTRIBUTES);
  expect(new Set(named).size).toBe(named.length);
});
