// A whole pipeline, small: what it makes, what it finds again, and what it refuses. Long because each part goes on from
// the runs of those before it.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, worst } from '@starling/learning';
import { inProcessRuntime, type Runtime, threadsRuntime } from '@starling/runtime';
import { afterAll, describe, expect, test } from 'vitest';
import { textOf } from '../artifacts/artifact.js';
import { currentVersion } from '../components/destination.js';
import { noWorseThanBaseline } from '../components/model-validator.js';
import { openMetadata } from '../metadata/metadata.js';
import { parseSchema } from '../schema/schema-file.js';
import { type SmallOptions, smallPipeline } from '../testing/small-pipeline.js';
import type { PipelineResult, PipelineRunOptions } from './pipeline-result.js';
import { runPipeline } from './run-pipeline.js';

const root = mkdtempSync(join(tmpdir(), 'pipelines-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(root, `${++folders}`);
const LONG = 120_000;

async function run(
  directory: string,
  options: Partial<SmallOptions> = {},
  more: Partial<PipelineRunOptions> = {},
): Promise<PipelineResult> {
  const pipeline = await smallPipeline({ serving: join(directory, 'serving'), ...options }).build({});
  return runPipeline({
    pipeline,
    directory,
    runtime: () => inProcessRuntime(),
    clock: () => performance.now(),
    ...more,
  });
}

const statusOf = (result: PipelineResult, node: string) =>
  result.nodes.find((one) => one.node === node)?.status;
const reasonsOf = (result: PipelineResult, node: string): string =>
  result.nodes.find((one) => one.node === node)?.reasons.join('\n') ?? '';
const made = ({ nodes }: PipelineResult): readonly string[] =>
  nodes.filter(({ isCached, artifact }) => artifact !== null && !isCached).map(({ node }) => node);
const artifactOf = (result: PipelineResult, node: string) =>
  result.nodes.find((one) => one.node === node)!.artifact!;

describe('runPipeline', () => {
  const folder = newFolder();
  const serving = join(folder, 'serving');
  let first: PipelineResult;

  test(
    'goes from tables to a pushed model, and finds all of it the next time',
    async () => {
      first = await run(folder);
      expect(first.nodes.flatMap(({ reasons }) => reasons)).toEqual([]);
      expect(first.outcome).toBe('passed');
      expect(currentVersion(serving)).toBe(1);
      expect(readdirSync(join(serving, '1')).sort()).toEqual([
        'model.onnx',
        'provenance.json',
        'signature.json',
      ]);
      const again = await run(folder);
      expect(made(again)).toEqual([]);
      expect(again.fingerprint).toBe(first.fingerprint);
      expect(currentVersion(serving)).toBe(1);
    },
    LONG,
  );

  test(
    'makes again what was damaged, and what a destination has lost',
    async () => {
      const { artifact } = first.nodes.find(({ node }) => node === 'schema')!;
      writeFileSync(join(folder, 'artifacts', artifact!.id, 'schema.json'), '{}');
      rmSync(join(serving, '1'), { recursive: true });
      const again = await run(folder);
      expect(made(again)).toEqual(['schema', 'pusher']);
      expect(again.nodes.find(({ node }) => node === 'schema')?.artifact?.id).toBe(artifact!.id);
    },
    LONG,
  );

  test('takes the statistics, the schema and the model from sums: 12 clients with 30 rows each', () => {
    const { train, eval: held } = JSON.parse(textOf(artifactOf(first, 'statistics'), 'statistics.json'));
    expect(train.numExamples + held.numExamples).toBe(360);
    expect(train.numClients).toBe(12);
    const schema = parseSchema(textOf(artifactOf(first, 'schema'), 'schema.json'));
    expect(schema.features.map(({ name, type }) => [name, type])).toEqual([
      ['miles', 'FLOAT'],
      ['carrier', 'BYTES'],
      ['late', 'INT'],
    ]);
    expect(schema.features[1]?.domain).toEqual({ kind: 'string', values: ['bike', 'van'] });
    expect(schema.features[1]?.clients).toEqual({ minFraction: 1 });
  });

  test(
    'runs after a changed constant what follows it, and nothing before',
    async () => {
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true });
      const running = new Set<string>();
      const together = new Set<string>();
      // The model before was made by another preprocess, and is not to be compared with.
      const changed = await run(
        copy,
        { limit: 6, constraints: [atLeast('accuracy', 0.5)] },
        {
          onNode: ({ node, status }) => {
            if (status === 'running') running.add(node);
            else running.delete(node);
            if (running.size > 1) together.add([...running].sort().join(' and '));
          },
        },
      );
      // Neither takes anything of the other.
      expect([...together]).toContain('evaluator and infra-validator');
      expect(made(changed)).toEqual([
        'transform',
        'trainer',
        'evaluator',
        'model-validator',
        'infra-validator',
        'pusher',
      ]);
    },
    LONG,
  );

  test(
    'gives the same artifacts on threads',
    async () => {
      const other = newFolder();
      const result = await run(
        other,
        { serving },
        { runtime: (): Runtime => threadsRuntime({ workers: 2 }) },
      );
      const ids = ({ nodes }: PipelineResult) => nodes.map(({ node, artifact }) => [node, artifact?.id]);
      expect(ids(result)).toEqual(ids(first));
    },
    LONG,
  );

  describe('refuses, pushes nothing, and says why:', () => {
    const schema = () => parseSchema(textOf(artifactOf(first, 'schema'), 'schema.json'));
    const refuses = async (options: Partial<SmallOptions>, node: string): Promise<string> => {
      const result = await run(folder, options);
      expect(result.nodes.filter(({ error }) => error !== null)).toEqual([]);
      expect([result.outcome, statusOf(result, node), statusOf(result, 'pusher')]).toEqual([
        'refused',
        'refused',
        'skipped',
      ]);
      expect(currentVersion(serving)).toBe(1);
      expect(readdirSync(serving).filter((name) => !name.startsWith('.'))).toEqual(['1', 'CURRENT']);
      const file = JSON.parse(readFileSync(join(folder, 'runs', String(result.run), 'run.json'), 'utf8'));
      expect(file.outcome).toBe('refused');
      return reasonsOf(result, node);
    };

    test(
      'a column that is missing with a third of the owners',
      async () => {
        const change: SmallOptions['change'] = (row, shop) =>
          shop % 3 === 0 ? { ...row, miles: null } : row;
        const reasons = await refuses({ span: '2', schema: schema(), change }, 'validator');
        // 4 of 12 shops.
        expect(reasons).toContain('miles (train): 8 of 12 clients have a value (66.67 %)');
        expect(reasons).toContain('[CLIENT_FRACTION_LOW]');
      },
      LONG,
    );

    test(
      'a new value in a closed vocabulary',
      async () => {
        const change: SmallOptions['change'] = (row, _, at) =>
          at === 0 ? { ...row, carrier: 'drone' } : row;
        const reasons = await refuses({ span: '2', schema: schema(), change }, 'validator');
        expect(reasons).toContain('[ENUM_TYPE_UNEXPECTED_STRING_VALUES]');
        expect(reasons).toContain("'drone'");
      },
      LONG,
    );

    test(
      'drift over its limit',
      async () => {
        // Bikes were a third, and are none: 1/3 apart, where 0.1 is allowed.
        const change: SmallOptions['change'] = (row) => ({ ...row, carrier: 'van' });
        const reasons = await refuses({ span: '2', schema: schema(), change }, 'validator');
        expect(reasons).toMatch(
          /carrier \(train\): lInfinity to the span before is 0\.3\d+, at most 0\.1 is allowed/,
        );
      },
      LONG,
    );

    test(
      'a model that is good on average and fails one group',
      async () => {
        // A third of the deliveries are by bike, and what is late of them is drawn the other way round.
        const change: SmallOptions['change'] = (row) =>
          row['carrier'] === 'bike' ? { ...row, late: row['late'] === 1 ? 0 : 1 } : row;
        const constraints = [
          atLeast('accuracy', 0.5),
          atLeast(worst('accuracy', { by: 'carrier', at: 0.5 }), 0.6),
        ] as const;
        const reasons = await refuses(
          { span: '3', schema: schema(), change, constraints: [...constraints] },
          'model-validator',
        );
        expect(reasons).toMatch(/^worst\(accuracy by carrier at 0\.5\) >= 0\.6: violated: /);
      },
      LONG,
    );

    test(
      'a group of too few clients: undecided',
      async () => {
        const constraints = [atLeast(worst('accuracy', { by: 'carrier', at: 0.5 }), 0.1)] as const;
        const reasons = await refuses({ groupClients: 13, constraints: [...constraints] }, 'model-validator');
        expect(reasons).toContain('undecided');
      },
      LONG,
    );

    test(
      'a model that some of the clients have tried, and found wanting',
      async () => {
        const trial = { share: 0.25, constraints: [atLeast('accuracy', 1.1)] } as const;
        const reasons = await refuses(
          { trial: { ...trial, constraints: [...trial.constraints] } },
          'model-validator',
        );
        // A quarter of 12 shops.
        expect(reasons).toMatch(/^trial by 3: accuracy >= 1\.1: violated: accuracy is \d/);
      },
      LONG,
    );

    test(
      'a model that is worse than the blessed one',
      async () => {
        const constraints = [noWorseThanBaseline('accuracy', { absolute: -0.5 })] as const;
        // Another number of rounds makes another model, which cannot be better by a half.
        const reasons = await refuses({ rounds: 2, constraints: [...constraints] }, 'model-validator');
        expect(reasons).toContain('violated');
      },
      LONG,
    );
  });

  test(
    'has a share of the clients try the candidate, and asks them again only of another model or trial',
    async () => {
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true });
      const trial = { share: 0.2, minClients: 4, constraints: [atLeast('accuracy', 0.1)] } as const;
      const options = { trial: { ...trial, constraints: [...trial.constraints] as const } };
      const asked: number[] = [];
      const counting = (): Runtime => {
        const runtime = inProcessRuntime();
        return {
          ...runtime,
          open: async (plan, population) => {
            const session = await runtime.open(plan, population);
            return {
              ...session,
              runPhase: (request) => {
                asked.push(request.cohort.length);
                return session.runPhase(request);
              },
            };
          },
        };
      };
      const tried = await run(copy, options, { runtime: counting });
      expect(tried.outcome).toBe('passed');
      expect(made(tried)).toEqual(['model-validator', 'pusher']);
      // A fifth of 12 is 3 when it is rounded up, and 4 are asked for.
      expect(asked).toEqual([4]);
      const { trial: found } = JSON.parse(textOf(artifactOf(tried, 'model-validator'), 'blessing.json'));
      expect(found).toMatchObject({ clients: 4, constraints: [{ outcome: 'held' }] });
      expect(made(await run(copy, options, { runtime: counting }))).toEqual([]);
      expect(asked).toEqual([4]);
    },
    LONG,
  );

  test(
    'goes on where it failed, under the same number, and starts from the blessed model if it is told to',
    async () => {
      const options = { rounds: 3, warmStart: true, span: '4' };
      let asked = 0;
      const failing = (): Runtime => {
        // Statistics ask twice, transform twice; then the trainer's runtime is not to be had.
        if (++asked > 4) throw new Error('no workers today');
        return inProcessRuntime();
      };
      const broken = await run(folder, options, { runtime: failing });
      expect(broken.outcome).toBe('failed');
      expect(statusOf(broken, 'trainer')).toBe('failed');
      expect(reasonsOf(broken, 'trainer')).toContain('no workers today');
      expect(statusOf(broken, 'pusher')).toBe('skipped');
      const whole = await run(folder, options);
      expect([whole.run, whole.outcome]).toEqual([broken.run, 'passed']);
      expect(made(whole)[0]).toBe('trainer');
      const metadata = openMetadata(join(folder, 'metadata.sqlite'), () => 0);
      const trained = metadata
        .executions(whole.run)
        .find(({ node, state }) => node === 'trainer' && state === 'complete');
      metadata.close();
      expect(trained?.inputs['warmStart']).toBe(artifactOf(first, 'trainer').id);
      expect(currentVersion(serving)).toBe(2);
    },
    LONG,
  );

  test(
    'has `infraValidator` refuse bytes that are no model, and those of another one',
    async () => {
      const other = artifactOf(await run(folder, { rounds: 2 }), 'trainer');
      const { nodes } = await smallPipeline({ serving }).build({});
      const infra = nodes.find(({ name }) => name === 'infra-validator')!;
      const own = artifactOf(first, 'trainer');
      const served = async (onnx: Uint8Array) => {
        const model = { ...own, read: (file: string) => (file === 'model.onnx' ? onnx : own.read(file)) };
        const inputs = {
          model,
          statistics: artifactOf(first, 'statistics'),
          transform: artifactOf(first, 'transform'),
        };
        const prepared = await infra.prepare({ engine: { name: 'onnx' } } as never, inputs);
        return (await prepared.make()).refused;
      };
      expect(await served(own.read('model.onnx'))).toEqual([]);
      expect(await served(Uint8Array.of(1, 2, 3))).toEqual([expect.stringContaining('could not be asked')]);
      expect(await served(other.read('model.onnx'))).toEqual([
        expect.stringContaining('where the graph gives'),
      ]);
    },
    LONG,
  );

  test(
    'runs a node and what it needs alone',
    async () => {
      const result = await run(folder, {}, { only: ['schema'] });
      expect(result.nodes.map(({ node }) => node)).toEqual(['examples', 'statistics', 'schema']);
      await expect(run(folder, {}, { only: ['shcema'] })).rejects.toThrow(
        /need nodes among examples, .*, got 'shcema'/,
      );
    },
    LONG,
  );

  test(
    'is one at a time in a directory',
    async () => {
      const one = run(folder);
      await expect(run(folder)).rejects.toThrow('another process runs a pipeline in');
      expect((await one).outcome).toBe('passed');
    },
    LONG,
  );

  test(
    'leaves a model undecided whose blessed one is damaged or gone, and starts from none such',
    async () => {
      const own = newFolder();
      const { id } = artifactOf(await run(own), 'trainer');
      rmSync(join(own, 'artifacts', id, 'model.safetensors'));
      const next = await run(own, { rounds: 2 });
      expect(next.outcome).toBe('refused');
      expect(reasonsOf(next, 'model-validator')).toContain(
        `undecided: the blessed model ${id.slice(0, 12)} is damaged or gone`,
      );
      expect(currentVersion(join(own, 'serving'))).toBe(1);
      const warm = await run(own, { rounds: 2, warmStart: true });
      expect(warm.outcome).toBe('failed');
      expect(reasonsOf(warm, 'trainer')).toContain(`need artifacts/${id}, got one that is damaged or gone`);
    },
    LONG,
  );
});
