// Tests of the settings that a command line gives to a federation.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { UsageError } from '../errors/usage-error.js';
import { collectSetting } from './collect-setting.js';
import { readSettings } from './settings.js';

const schema = z.object({
  cohort: z.number().int().min(1).default(10),
  partition: z.enum(['iid', 'shards']).default('iid'),
  label: z.string().default('none'),
});

describe('collectSetting', () => {
  test('splits at the first equals sign when the value has more', () => {
    expect(collectSetting('a=b=c', { x: '1' })).toEqual({ x: '1', a: 'b=c' });
  });

  test('throws a UsageError when there is no key or no equals sign', () => {
    expect(() => collectSetting('cohort', {})).toThrow("it must be key=value, got 'cohort'");
    expect(() => collectSetting('=3', {})).toThrow(UsageError);
  });
});

describe('readSettings', () => {
  test('fills in defaults and reads numbers when the setting is one', async () => {
    expect(await readSettings(schema, { cohort: '3' }, 'mnist')).toEqual({
      cohort: 3,
      partition: 'iid',
      label: 'none',
    });
  });

  test('keeps digits as text when the setting is a string', async () => {
    expect((await readSettings(schema, { label: '42' }, 'mnist')).label).toBe('42');
  });

  test('names the known settings when one is unknown', async () => {
    await expect(readSettings(schema, { cohrt: '3' }, 'mnist')).rejects.toThrow(
      "Cannot set up mnist: settings must be among cohort, partition or label, got 'cohrt'",
    );
  });

  test('names the setting and what it got when a value does not fit', async () => {
    await expect(readSettings(schema, { cohort: 'ten', partition: 'rows' }, 'mnist')).rejects.toThrow(
      /'cohort' must be .*got 'ten'; 'partition' must be .*got 'rows'/,
    );
  });
});
