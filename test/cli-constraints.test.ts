// The command line as a process: a model that does not hold what is asked of it ends with exit code 3, whether it is
// violated or undecided, and the record and the report say why.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordLine, recordLine } from '@starling/runtime/record';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-constraints-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'groups.ts');

/** Each client has four positive examples of either sex, of which the model finds all, or three of women. */
const federation = `
import { tf } from '@starling/compute';
import { float32, int32, sequence, struct, tensor, toValue } from '@starling/federated-core';
import { evaluationByGroup, federatedAveraging, functionModel, gap, atMost, meanSquaredError, sgd } from '@starling/learning';
import { populationOf, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const example = struct({ x: float32(), y: float32(), sex: int32() });
const model = functionModel({
  example,
  initialWeights: { cut: tensor('float32', [], Float32Array.of(0)) },
  loss: ({ cut }, { x, y }: { x: tf.Tensor; y: tf.Tensor }) => meanSquaredError(y, tf.sub(x, cut)),
  outputs: ({ cut }, { x }) => tf.sub(x, cut),
});
const rows = [0, 1].flatMap((sex) => [1, 1, 1, sex === 0 ? -1 : 1].map((x) => ({ x, y: 1, sex })));

export default defineFederation({
  name: 'groups',
  description: 'Finds fewer positives of women.',
  options: z.object({ otherwise: z.enum(['fail', 'stop', 'warn']).default('fail'), limit: z.number().default(0.1) }),
  build({ otherwise, limit }) {
    const clients = Array.from({ length: 12 }, () => toValue(sequence(example), rows));
    const groups = { by: { sex: ['female', 'male'] }, minClients: 10 };
    return {
      process: federatedAveraging({ model, clientOptimizer: sgd({ learningRate: 0 }), batchSize: 8 }),
      population: populationOf(clients, sequence(example)),
      sampler: uniformSampler({ cohortSize: 2 }),
      rounds: 3,
      evaluation: { every: 1, ...evaluationByGroup({ model, groups, distribution: { loss: { from: 0, to: 10, bins: 100 } } }) },
      constraints: { require: [atMost(gap('recall', { by: 'sex', at: 0.5 }), limit)], otherwise },
    };
  },
});
`;
beforeAll(() => writeFileSync(file, federation));

async function simulate(...more: readonly string[]) {
  const given = ['simulate', file, '--runtime', 'in-process', ...more];
  return startStarling(given).finished;
}

describe('starling simulate with constraints', () => {
  test('ends with exit code 3 if one is violated, and says which group', async () => {
    const out = join(folder, 'violated');
    const { code, stdout } = await simulate('--out', out);
    expect(code).toBe(3);
    // Recall 3/4 of women and 1 of men.
    expect(stdout).toContain('constraints after round 3: 0 of 1 passed');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'violated: gap(recall by sex at 0.5) is 0.25 (truePositiveRate male 1, female 0.75), needs <= 0.1',
    );
    // Said once, and not again while nothing has changed.
    expect(stdout.match(/violated:/g)).toHaveLength(2);
    const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): RecordLine => recordLine.parse(JSON.parse(line)));
    expect(lines.at(-1)).toMatchObject({
      constraints: { round: 3, passes: false, unmet: ['gap(recall by sex at 0.5) <= 0.1'] },
    });
    // What the server saw by parts of the clients is not in the record.
    const text = JSON.stringify(lines);
    expect(text).toContain('"truePositiveRate":0.75');
    expect(text).not.toContain('"present"');
    // Taken up again, it is as it was.
    expect((await simulate('--out', out, '--resume')).code).toBe(3);
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('gap(recall by sex at 0.5)');
  });

  test('ends with exit code 3 if one is undecided, unless that is allowed', async () => {
    // A loss has no interval, so that nothing of it is certain.
    const required = ['--set', 'limit=0.3', '--require'];
    const undecided = await simulate(...required, 'loss <= 9 with confidence 0.95');
    expect(undecided.code).toBe(3);
    expect(undecided.stdout.replace(/\s+/g, ' ')).toContain('undecided: loss is');
    expect((await simulate(...required, 'loss <= 9 with confidence 0.95 or undecided')).code).toBe(0);
    // Two errors of four points in eight: each client's loss is the same, and so is that of the worst.
    expect((await simulate(...required, 'worst10 <= 9')).code).toBe(0);
    expect((await simulate(...required, 'accuracy >= 0')).code).toBe(3);
  });

  test('ends early, or with a warning alone, where the federation says so', async () => {
    const stopped = await simulate('--set', 'otherwise=stop');
    expect(stopped.code).toBe(3);
    expect(stopped.stdout).toContain('ended early, after 1 round: a constraint does not hold');
    const warned = await simulate('--set', 'otherwise=warn');
    expect(warned.code).toBe(0);
    expect(warned.stdout).toContain('0 of 1 passed (a warning)');
  });

  test('refuses a constraint that cannot be read, before anything runs', async () => {
    const { code, stderr, stdout } = await simulate('--require', 'accuracy > 0.9');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("Cannot read a constraint: need one such as 'accuracy >= 0.9'");
  });
});
