import { float32, toValue, type Value } from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { type LoadWatch, watchLoads } from './watch-loads.js';

/** A clock that a test moves: what is late is called by hand. */
function watchByHand() {
  const late = new Set<() => void>();
  const said: string[] = [];
  const watch: LoadWatch = {
    after(_, call) {
      late.add(call);
      return () => void late.delete(call);
    },
    warn: (sentence) => void said.push(sentence),
  };
  const wait = (): void => {
    for (const call of [...late]) call();
    late.clear();
  };
  return { watch, said, wait, late };
}

const [one, two] = [toValue(float32(), 1), toValue(float32(), 2)];
const numbers = populationOf([one, two], float32());
const populationWith = (load: Population['load'], size = 2): Population => ({
  ...numbers,
  size,
  clientId: (index) => `client-${index}`,
  load,
});

describe('watchLoads', () => {
  test('`watchLoads` names a client whose data does not come, and waits on', async () => {
    const { watch, said, wait } = watchByHand();
    let come: (value: Value) => void = () => {};
    const slow = new Promise<Value>((resolve) => {
      come = resolve;
    });
    const { population } = watchLoads(
      populationWith((index) => (index === 1 ? slow : one)),
      watch,
    );
    expect(population.load(0)).toBe(one);
    const loading = population.load(1);
    wait();
    expect(said).toEqual([
      "load of population has given nothing for client 'client-1' after 30 s, and the round waits for it.",
    ]);
    come(two);
    expect(await loading).toBe(two);
  });

  test('`watchLoads` says nothing of data that comes, of loads that fail, nor once it is stopped', async () => {
    const { watch, said, wait, late } = watchByHand();
    const loads = [
      async () => one,
      async () => Promise.reject(new Error('no disk')),
      () => new Promise<Value>(() => {}),
    ];
    const { population, stop } = watchLoads(
      populationWith((index) => loads[index]!(), 3),
      watch,
    );
    await population.load(0);
    await expect(population.load(1)).rejects.toThrow('no disk');
    population.load(2);
    expect(late.size).toBe(1);
    stop();
    wait();
    expect(said).toEqual([]);
  });

  test('`watchLoads` names ten clients at most', () => {
    const { watch, said, wait } = watchByHand();
    const { population } = watchLoads(
      populationWith(() => new Promise<Value>(() => {}), 20),
      watch,
    );
    for (let index = 0; index < 20; index++) population.load(index);
    wait();
    expect(said).toHaveLength(10);
    expect(said[9]).toContain('Further clients are not named.');
  });
});
