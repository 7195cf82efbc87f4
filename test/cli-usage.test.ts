// The command line as a process: mistakes end with exit code 2 and an error that says action, need and actual.
import { describe, expect, test } from 'vitest';
import { runStarling } from './support/starling.js';

describe('starling', () => {
  test.each([
    [
      ['simulate', 'temperature', '--quick'],
      /^Cannot run 'starling simulate': options must be among .*--rounds.* got '--quick'\n$/,
    ],
    [['simulate', 'temprature'], /^Cannot find a federation: need .*temperature.*, got 'temprature'\n$/],
    [
      ['simulate', './absent.ts'],
      /^Cannot load a federation: need a file that exists, got '\.\/absent\.ts'\n$/,
    ],
    [['simulate', 'notes.txt/'], /^Cannot load a federation: need a .*\.ts.* file, got 'notes\.txt\/'\n$/],
    [['simulate'], /^Cannot run 'starling simulate': need <federation>, got nothing\n$/],
    [
      ['simulate', 'temperature', '--rounds', '0'],
      /--rounds: it must be a whole number from 1 up, got '0'\n$/,
    ],
    [
      ['simulate', 'temperature', '--runtime', 'cloud'],
      /need in-process, threads or websocket, got 'cloud'\n$/,
    ],
    [
      ['simulate', 'temperature', '--runtime', 'in-process', '--workers', '2'],
      /^Cannot use --workers: need a runtime that has workers, got 'in-process'\n$/,
    ],
    [
      ['simulate', 'temperature', '--set', 'clients=2'],
      /^Cannot set up temperature\n {2}because: .* clients must be from 4 .*, got 2\n$/,
    ],
    [
      ['simulate', 'temperature', '--engine', 'cuda'],
      /need onnx, tfjs-cpu, tfjs-wasm, tfjs-node or a module that exports createEngine, got 'cuda'\n$/,
    ],
    [
      ['simulate', 'temperature', '--set', 'cliens=3'],
      /settings must be among .*clients.*, got 'cliens'; did you mean 'clients'\?\n$/,
    ],
    [['simulate', 'temperature', '--set', 'clients'], /--set: it must be key=value, got 'clients'\n$/],
    [['simulate', 'temperature', '--force'], /^Cannot force: need --resume, got none\n$/],
    [['symulate'], /^Cannot run 'starling': need .*simulate.*, got 'symulate'; did you mean simulate\?\n$/],
  ])('%j exits with 2 and says why', async (parameters, message) => {
    const { code, stdout, stderr } = await runStarling(...parameters);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('prints its help on stdout when asked', async () => {
    const { code, stdout } = await runStarling('--help');
    expect(code).toBe(0);
    for (const command of [
      'simulate',
      'run',
      'check',
      'coordinator',
      'client',
      'doctor',
      'inspect',
      'tour',
    ]) {
      expect(stdout).toContain(`  ${command} `);
    }
  });
});

describe('starling doctor', () => {
  test('finds the default engine and says why tfjs-node is absent or what it is', async () => {
    const { code, stdout } = await runStarling('doctor', '--json');
    expect(code).toBe(0);
    const checks = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; status: string; detail: string });
    const byName = new Map(checks.map((check) => [check.name, check]));
    expect(byName.get('node')?.detail).toContain(process.versions.node);
    expect(byName.get('engine onnx')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('onnxruntime'),
    });
    expect(byName.get('engine tfjs-node')?.detail.length).toBeGreaterThan(10);
    expect(byName.has('cores') && byName.has('memory')).toBe(true);
  });
});
