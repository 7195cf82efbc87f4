// Tests of what doctor says of the machine and its engines.
import { describe, expect, test } from 'vitest';
import { checkEngine, checkNode, checkRoom } from './checks.js';

describe('checkNode', () => {
  test('is broken when Node is older than 20', () => {
    expect(checkNode('18.19.0')).toEqual({
      name: 'node',
      status: 'broken',
      detail: 'need 20 or later, got 18.19.0',
    });
    expect(checkNode('20.0.0').status).toBe('ok');
  });
});

describe('checkRoom', () => {
  test('is broken when less is free than is needed, and says how much there is of what', () => {
    const mib = 2 ** 20;
    expect(checkRoom('disk', 64 * mib, 2048 * mib, 64 * mib)).toEqual({
      name: 'disk',
      status: 'ok',
      detail: '2.0 GiB, 0.1 GiB free', // 2048 MiB; 64 MiB are 0.0625 GiB
    });
    expect(checkRoom('disk', 64 * mib - 1, 2048 * mib, 64 * mib)).toEqual({
      name: 'disk',
      status: 'broken',
      detail: 'need 64 MiB, got 63 MiB free',
    });
  });
});

describe('checkEngine', () => {
  const failing = async (): Promise<never> => {
    throw new Error('Cannot load the engine', { cause: new Error('no binding\nat line 2') });
  };

  test('gives the reason and its cause when an engine does not start', async () => {
    expect(await checkEngine('engine x', false, failing)).toEqual({
      name: 'engine x',
      status: 'missing',
      detail: 'Cannot load the engine: no binding',
    });
  });

  test('is broken when the engine is required', async () => {
    expect((await checkEngine('engine x', true, failing)).status).toBe('broken');
  });

  test('disposes of an engine that starts', async () => {
    let disposed = 0;
    const check = await checkEngine('engine x', true, async () => ({
      name: 'onnx',
      needs: 'onnx' as const,
      description: 'fake 1.0',
      load: failing,
      dispose: async () => void disposed++,
    }));
    expect([check.status, check.detail, disposed]).toEqual(['ok', 'fake 1.0', 1]);
  });
});
