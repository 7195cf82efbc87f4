import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { hasWorkers, makeRuntime, runtimeNames } from './runtimes.js';

const make = (name: string, population: number) =>
  makeRuntime(name, {
    engine: 'onnx',
    workers: 2,
    federation: 'mnist',
    settings: {},
    population,
    logger: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    onFailure: () => {},
  });

describe('makeRuntime', () => {
  test.each(runtimeNames)('`makeRuntime` gives the runtime %s when it is named', async (name) => {
    expect((await make(name, 100)).name).toBe(name);
  });

  test('`makeRuntime` throws when there are more clients than sockets', async () => {
    await expect(make('websocket', 1_000_000)).rejects.toThrow(
      'need at most 5000 clients, a socket each, got 1000000',
    );
    expect((await make('threads', 1_000_000)).name).toBe('threads');
  });
});

describe('hasWorkers', () => {
  test('`hasWorkers` throws when no runtime has the name', () => {
    expect(hasWorkers('in-process')).toBe(false);
    expect(() => hasWorkers('toString')).toThrow(
      "Cannot choose a runtime: need in-process, threads or websocket, got 'toString'",
    );
  });
});
