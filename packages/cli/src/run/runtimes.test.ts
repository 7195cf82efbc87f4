import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { chooseRuntime } from './choose-runtime.js';

describe('chooseRuntime', () => {
  const choose = (name: 'in-process' | 'threads' | 'websocket', population: number) =>
    chooseRuntime({
      name,
      engine: 'onnx',
      workers: 2,
      simulation: 'mnist',
      settings: {},
      population,
      logger: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      onFailure: () => {},
    });

  it('gives the runtime of that name', () => {
    const names = ['in-process', 'threads', 'websocket'] as const;
    expect(names.map((name) => choose(name, 100).name)).toEqual(names);
  });

  it('throws when there are more clients than sockets', () => {
    expect(() => choose('websocket', 1_000_000)).toThrow(
      'need at most 5000 clients, a socket each, got 1000000',
    );
    expect(choose('threads', 1_000_000).name).toBe('threads');
  });
});
