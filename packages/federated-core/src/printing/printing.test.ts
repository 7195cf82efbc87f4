// Golden files of prints; `npx vitest run -u` writes them anew, and the diff is to be read.
import { describe, expect, test } from 'vitest';
import { compilePlan } from '../compile/compile-plan.js';
import { call } from '../computations/call.js';
import { federatedComputation } from '../computations/federated-computation.js';
import { field } from '../expression/symbolic-value.js';
import { federatedCollect } from '../intrinsics/moves/federated-collect.js';
import { federatedSecureSelect } from '../intrinsics/moves/federated-secure-select.js';
import { federatedSelect } from '../intrinsics/moves/federated-select.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { federatedSequenceSum } from '../intrinsics/sequences/federated-sequence-sum.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { movingThreshold, revealing, row, variance } from '../testing/examples.js';
import { atClients, atServer, float32, int32, struct } from '../types/types.js';
import { formatComputation } from './format-computation.js';
import { formatPlan } from './format-plan.js';
import { inspectPlan } from './inspect-plan.js';

const golden = (name: string) => `./golden/${name}.txt`;

describe('formatComputation', () => {
  test('`formatComputation` prints a line for each step when a computation is printed', async () => {
    await expect(formatComputation(movingThreshold)).toMatchFileSnapshot(
      golden('moving-threshold.computation'),
    );
    await expect(formatComputation(revealing)).toMatchFileSnapshot(golden('revealing.computation'));
  });

  test('`formatComputation` prints a call by name when a computation calls another', () => {
    const spread = federatedComputation({ values: atClients(float32()) }, (given) => call(variance, given), {
      name: 'spread',
    });
    expect(formatComputation(spread)).toBe(
      [
        'spread(values: {float32}@CLIENTS) -> float32@SERVER',
        '  v1: float32@SERVER = variance(values)',
        '  return v1',
        '',
      ].join('\n'),
    );
  });
});

describe('odd computations', () => {
  test('`formatComputation` gives steps names of their own when parameters are named as steps are', () => {
    const named = federatedComputation(
      { v1: atClients(float32()), v3: atClients(float32()) },
      ({ v1, v3 }) => [federatedSum(v1), federatedSum(v3)],
    );
    expect(formatComputation(named).split('\n').slice(1, 4)).toEqual([
      '  v2: float32@SERVER = federatedSum(v1)',
      '  v4: float32@SERVER = federatedSum(v3)',
      '  return <v2, v4>',
    ]);
  });

  test('`formatComputation` breaks a wide return, a field a line', () => {
    const names = Array.from({ length: 9 }, (_, index) => `measurement${index}`);
    const many = federatedComputation({ x: atClients(float32()) }, ({ x }) => {
      const sum = federatedSum(x);
      return Object.fromEntries(names.map((name) => [name, sum]));
    });
    const lines = names.map((name) => `    ${name}=v1,`);
    expect(formatComputation(many)).toContain(['  return <', ...lines, '  >', ''].join('\n'));
  });

  test('`formatComputation` tells a wide revealing value by its tensors, and that it is revealing', () => {
    const wide = struct(Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`column${n}`, float32(100, n)])));
    const all = federatedComputation({ x: atClients(wide) }, ({ x }) => federatedCollect(x));
    expect(formatComputation(all)).toContain('  v1: <5 tensors>@SERVER revealing = federatedCollect(x)\n');
  });
});

describe('wide types', () => {
  const layer = struct({
    kernel: float32(784, 200),
    bias: float32(200),
    scale: float32(200),
    shift: float32(200),
  });
  const wide = federatedComputation(
    { updates: atClients(struct({ hidden: layer, output: layer })) },
    ({ updates }) => federatedSum(updates),
    { name: 'wide' },
  );

  test('`formatComputation` breaks a wide head, and tells a wide struct in a step by its tensors', () => {
    const [head, parameter, struct] = formatComputation(wide).split('\n');
    expect([head, parameter, struct]).toEqual(['wide(', '  updates: {<', '    hidden=<']);
    expect(formatComputation(wide)).toContain('  v1: <8 tensors>@SERVER = federatedSum(updates)\n');
  });

  test('`formatPlan` tells the tensors of a struct by the struct when they are many', () => {
    const text = formatPlan(compilePlan(wide));
    expect(text).toContain('work:\n    -> client.updates.hidden.* (4), client.updates.output.* (4)\n');
    expect(text).toContain('apply:\n  -> aggregate[0].hidden.* (4), aggregate[0].output.* (4)\n');
  });

  test('`formatPlan` tells by a struct only what is the whole of it, in its order', () => {
    const some = federatedComputation({ updates: atClients(layer) }, ({ updates }) => ({
      kernel: federatedSum(field(updates, 'kernel')),
      again: federatedSum(field(updates, 'kernel')),
      rest: federatedSum(
        federatedZip([field(updates, 'kernel'), field(updates, 'bias'), field(updates, 'scale')]),
      ),
      reversed: federatedSum(federatedZip([field(updates, 'scale'), field(updates, 'kernel')])),
      whole: federatedSum(updates),
    }));
    const updates = (...names: readonly string[]) => names.map((name) => `client.updates.${name}`);
    const sent = [
      ...updates('kernel', 'kernel', 'kernel', 'bias', 'scale', 'scale', 'kernel'),
      'client.updates.* (4)',
    ];
    expect(formatPlan(compilePlan(some))).toContain(`work:\n    -> ${sent.join(', ')}\n`);
  });

  test('`formatPlan` breaks wide types', () => {
    expect(formatPlan(compilePlan(wide))).toContain('  client input: <\n    updates=<\n      hidden=<\n');
  });
});

describe('formatPlan', () => {
  test('`formatPlan` prints the slots of each phase when a plan has one or two', async () => {
    await expect(formatPlan(compilePlan(movingThreshold))).toMatchFileSnapshot(
      golden('moving-threshold.plan'),
    );
    await expect(formatPlan(compilePlan(variance))).toMatchFileSnapshot(golden('variance.plan'));
    await expect(formatPlan(compilePlan(revealing))).toMatchFileSnapshot(golden('revealing.plan'));
  });
});

describe('inspectPlan', () => {
  test('`inspectPlan` counts the bytes of tensors down and up when shapes are known', () => {
    // Down: the threshold, one float32. Up: a float32 for the mean and an int32 for the count.
    expect(inspectPlan(compilePlan(movingThreshold))).toMatchObject({
      clientInput: '<readings=float32*>',
      bytesDown: 4,
      bytesUp: 8,
      revealing: false,
    });
    // Two phases: nothing and a float32 down, a float32 up in each.
    const { phases, bytesDown, bytesUp } = inspectPlan(compilePlan(variance));
    expect(phases.map((phase) => [phase.bytesDown, phase.bytesUp])).toEqual([
      [0, 4],
      [4, 4],
    ]);
    expect([bytesDown, bytesUp]).toEqual([4, 8]);
  });

  test('`inspectPlan` tells what is revealing from what is aggregated only', () => {
    const report = inspectPlan(compilePlan(revealing));
    expect(report.revealing).toBe(true);
    const updates = report.phases[0]!.updates.map(({ intrinsic, update, result, revealing }) => ({
      intrinsic,
      update,
      result,
      revealing,
    }));
    expect(updates).toEqual([
      {
        intrinsic: 'federatedSelect',
        update: 'int32[?]',
        result: '<keys=int32[?],counts=int32[?]>',
        revealing: true,
      },
      { intrinsic: 'federatedAggregate', update: 'float32', result: 'float32', revealing: false },
      { intrinsic: 'federatedSample', update: '<float32,float64>', result: 'float32*', revealing: true },
    ]);
    expect(report.phases[1]!.updates).toMatchObject([{ intrinsic: 'federatedSum', revealing: false }]);
  });

  test('`inspectPlan` counts the bytes of slices by the key, and in all when the number of keys is known', () => {
    const [keysPhase, slicesPhase] = inspectPlan(compilePlan(revealing)).phases;
    expect([keysPhase!.bytesDown, keysPhase!.bytesUp]).toEqual([0, null]);
    // A row of eight float32.
    expect(slicesPhase).toMatchObject({
      bytesBroadcast: 0,
      selections: [
        {
          intrinsic: 'federatedSelect',
          served: 'float32[100,8]',
          slice: 'float32[8]',
          bytesPerKey: 32,
          keys: null,
          bytesDown: null,
        },
      ],
      bytesDown: null,
      bytesUp: 32,
    });
    const ten = { keys: atClients(int32(10)), table: atServer(float32(100, 8)) };
    const sliced = federatedComputation(ten, ({ keys, table }) =>
      federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 100, slice: row }))),
    );
    // Ten keys up, ten rows down, a sum of rows up; or the whole table down, and nothing up but the sum.
    expect(inspectPlan(compilePlan(sliced))).toMatchObject({ bytesDown: 320, bytesUp: 72, revealing: true });
    const whole = federatedComputation(ten, ({ keys, table }) =>
      federatedSum(federatedSequenceSum(federatedSecureSelect(table, { keys, keyBound: 100, slice: row }))),
    );
    expect(inspectPlan(compilePlan(whole))).toMatchObject({ bytesDown: 3200, bytesUp: 32, revealing: false });
  });

  test('`inspectPlan` gives null for bytes when a dimension is unknown', () => {
    const keep = federatedComputation({ values: atClients(float32(null)) }, ({ values }) => ({
      sum: call(sum, { values }),
    }));
    expect(inspectPlan(compilePlan(keep)).bytesUp).toBeNull();
  });
});

const sum = federatedComputation({ values: atClients(float32(null)) }, ({ values }) => federatedSum(values), {
  name: 'sum',
});
