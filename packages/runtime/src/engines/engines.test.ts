import { describe, expect, test } from 'vitest';
import { createEngine, engineModule, engineNames, isEngineChoice } from './engines.js';

const moduleOf = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

describe('engineModule', () => {
  test.each(engineNames)('`engineModule` finds %s by the word that a user types', async (name) => {
    expect(typeof (await engineModule(name)).createEngine).toBe('function');
  });

  test('`engineModule` imports the module when one is named', async () => {
    const choice = moduleOf('export const startsAlone = true; export const createEngine = () => 7;');
    expect((await engineModule(choice)).startsAlone).toBe(true);
    expect(await createEngine(choice)).toBe(7);
  });

  test.each(['cuda', 'toString', './no-such-engine.js', moduleOf('export default 1;')])(
    '`engineModule` throws when nothing makes an engine: %s',
    async (choice) => {
      await expect(engineModule(choice)).rejects.toMatchObject({
        code: 'no-such-engine',
        message: expect.stringContaining(
          'need onnx, tfjs-cpu, tfjs-wasm, tfjs-node, or a module that exports createEngine',
        ),
      });
    },
  );
});

describe('isEngineChoice', () => {
  test('`isEngineChoice` takes names and what reads like a module, and no other word', () => {
    expect(['onnx', './engine.js', 'file:///engine.js', 'package/engine.js'].every(isEngineChoice)).toBe(
      true,
    );
    expect(['cuda', '', 'valueOf'].some(isEngineChoice)).toBe(false);
  });
});
