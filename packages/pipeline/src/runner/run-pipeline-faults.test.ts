// A pipeline that is killed: run again, it ends in the same artifacts, wherever it was. A few points here; all of fifty
// by `npm run test:killed-pipelines`.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator, seedFrom } from '@starling/federated-core';
import { afterAll, describe, expect, test } from 'vitest';
import { currentVersion } from '../components/destination.js';

const root = mkdtempSync(join(tmpdir(), 'killed-pipelines-'));
afterAll(() => rmSync(root, { recursive: true }));
const program = fileURLToPath(new URL('../../dist/testing/killable-run.js', import.meta.url));
const kills = Number(process.env['STARLING_KILLS'] ?? 3);

interface Ended {
  readonly steps: number;
  readonly outcome: string;
  readonly fingerprint: string;
  readonly failures: readonly string[];
}

/** Null if it was killed. */
function run(folder: string, step: number): Promise<Ended | null> {
  mkdirSync(folder, { recursive: true });
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, String(step)], { cwd: folder }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout.trim().split('\n').at(-1) as string) as Ended);
      else if (error.signal === 'SIGKILL') resolve(null);
      else reject(new Error(stderr));
    });
  });
}

describe('runPipeline', () => {
  test(
    `ends in the same artifacts after it was killed, at ${kills} random points`,
    async () => {
      const whole = (await run(join(root, 'whole'), 0)) as Ended;
      expect([whole.outcome, whole.failures]).toEqual(['passed', []]);
      // Two steps around each of ten nodes and one before its artifact is written, 12 rounds, two around the push.
      expect(whole.steps).toBeGreaterThan(40);
      const random = generator(seedFrom(1));
      for (let kill = 0; kill < kills; kill++) {
        const folder = join(root, `killed-${kill}`);
        const step = 1 + random.below(whole.steps);
        expect(await run(folder, step)).toBeNull();
        const ended = (await run(folder, 0)) as Ended;
        expect([step, ended.outcome, ended.fingerprint]).toEqual([step, whole.outcome, whole.fingerprint]);
        expect(currentVersion(join(folder, 'serving'))).toBe(1);
        rmSync(folder, { recursive: true });
      }
    },
    120_000 + kills * 60_000,
  );
});
