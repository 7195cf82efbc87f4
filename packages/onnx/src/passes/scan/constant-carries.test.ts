import { describe, expect, test } from 'vitest';
import { attribute } from '../../builder/graph-builder.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { constantCarries } from './constant-carries.js';

/** Carries x · 2 + the second value, which starts as `initial` and is zero after each step. */
const walk = (initial: number) =>
  graphOf(
    [
      [2, 3],
      [4, 2, 3],
    ],
    (builder, [x, sequence]) => {
      const zero = builder.expand(builder.filled('float32', initial), [2, 3]);
      const b = builder.subgraph();
      const state = b.value('state', x!);
      const nothing = b.value('state', x!);
      const slice = b.value('scanned', x!);
      const next = b.unary('Tanh', b.binary('Add', b.binary('Add', state, nothing), slice));
      const body = b.finish(
        'body',
        [state, nothing, slice],
        [next, b.expand(b.filled('float32', 0), [2, 3])],
      );
      return builder.emit('Scan', [x!, zero, sequence!], [x!, x!], {
        body: attribute.graph(body),
        num_scan_inputs: attribute.int(1),
      });
    },
  );

describe('constantCarries', () => {
  test('takes a value that is zero at every step for that constant', async () => {
    expect(await operatorsAfter(constantCarries, walk(0))).toBe('Expand Scan[Expand Add Add Tanh]');
  });

  test('leaves a value that starts as another', async () => {
    expect(await operatorsAfter(constantCarries, walk(1))).toBe('Expand Scan[Add Add Tanh Expand]');
  });
});
