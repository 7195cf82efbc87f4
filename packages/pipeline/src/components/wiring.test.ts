// What does not compile: `tsc -b` holds each line below to its directive.
import { atLeast } from '@starling/learning';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { definePipeline } from '../define/define-pipeline.js';
import type { Node } from '../nodes/node.js';
import { deliveries, smallPipeline } from '../testing/small-pipeline.js';
import type { Destination } from './destination.js';
import { type EvaluationNode, evaluator } from './evaluator.js';
import { exampleGen } from './example-gen.js';
import { exampleValidator } from './example-validator.js';
import type { BlessingNode } from './model-validator.js';
import { modelValidator } from './model-validator.js';
import { pusher } from './pusher.js';
import { schemaFile, schemaGen } from './schema-gen.js';
import { statisticsGen } from './statistics-gen.js';
import type { ModelNode } from './trainer.js';
import { transformer } from './transformer.js';

declare const evaluation: EvaluationNode;
declare const model: ModelNode;
declare const blessing: BlessingNode;
declare const infra: Node<'InfraBlessing'>;
declare const to: Destination;

const examples = exampleGen({ tables: deliveries(3) });
const statistics = statisticsGen({ examples });
const schema = schemaGen({ statistics });
const valid = exampleValidator({ statistics, schema });

/** Never called: only its types are looked at. */
export function mistakes(): void {
  // @ts-expect-error a schema is drafted from statistics, not from examples
  schemaGen({ statistics: examples });
  // @ts-expect-error statistics are no schema
  exampleValidator({ statistics, schema: statistics });
  // @ts-expect-error nothing is transformed that was not validated
  transformer({ examples, preprocess: ({ miles }) => ({ miles }) });
  // @ts-expect-error a schema says nothing of today's data
  transformer({ examples, valid: schema, preprocess: ({ miles }) => ({ miles }) });
  // @ts-expect-error there is no such column
  transformer({ examples, valid, preprocess: ({ kilometres }) => ({ kilometres }) });
  // @ts-expect-error a validator without constraints
  modelValidator({ evaluation, constraints: [] });
  // @ts-expect-error a validator without constraints
  modelValidator({ evaluation });
  // @ts-expect-error a pusher without a blessing
  pusher({ model, infra, to });
  // @ts-expect-error a pusher without a blessing of how it is served
  pusher({ model, blessing, to });
  // @ts-expect-error a blessing of the one is none of the other
  pusher({ model, blessing: infra, infra: blessing, to });
  modelValidator({ evaluation, constraints: [atLeast('accuracy', 0.5)] });
  pusher({ model, blessing, infra, to });
}

describe('components', () => {
  test('say what they need where types are not looked at', () => {
    const judged = { kind: 'ModelEvaluation', component: 'Evaluator', name: 'evaluator' };
    expect(() => modelValidator({ evaluation: judged as never, constraints: [] as never })).toThrow(
      'constraints must have one at least, got none',
    );
    expect(() => statisticsGen({} as never)).toThrow(/Cannot make statistics: .*examples/);
    expect(() => exampleGen({ tables: deliveries(3), atHand: false })).toThrow(
      'need a span of data that is not at hand',
    );
  });
});

describe('nodeOf', () => {
  test('names the node that is wired where another belongs', () => {
    expect(() => schemaGen({ statistics: examples as never })).toThrow(
      "Cannot infer a schema: statistics must be what statisticsGen({ … }) gives, got an object of kind 'Examples'. It is 'examples', of ExampleGen",
    );
    expect(() => exampleValidator({ statistics: schema as never, schema: statistics as never })).toThrow(
      /statistics must be what statisticsGen.* It is 'schema', of SchemaGen/,
    );
    expect(() => exampleValidator({ statistics, schema: { features: [] } as never })).toThrow(
      /schema must be what schemaGen.*got an object/,
    );
  });
});

describe('exampleValidator', () => {
  test('refuses limits of a column that is not there', () => {
    expect(() => exampleValidator({ statistics, schema, drift: { carier: { lInfinity: 0.1 } } })).toThrow(
      "Cannot validate examples: drift must name columns among miles, carrier, late, got 'carier'",
    );
  });
});

describe('evaluator', () => {
  test('refuses groups by a column that is not there, before anything runs', async () => {
    const { nodes } = await smallPipeline({ serving: 'nowhere' }).build({});
    const trained = nodes.find(({ component }) => component === 'Trainer') as ModelNode;
    expect(() => evaluator({ model: trained, by: { carier: ['bike'] }, label: 'y' })).toThrow(
      "Cannot evaluate: by must name columns among miles, carrier, late, got 'carier'; did you mean 'carrier'?",
    );
  });
});

describe('schemaFile', () => {
  test('says what it needs where there is no file', async () => {
    const node = schemaFile('nowhere/schema.json');
    expect(() => node.prepare({} as never, {})).toThrow(
      'Cannot read nowhere/schema.json: need a schema.json, got no such file',
    );
  });
});

describe('definePipeline', () => {
  const define = (build: () => unknown, options = z.object({})) =>
    definePipeline({ name: 'p', description: 'A pipeline.', options, build: build as never });

  test('says what build must return, and that options need defaults', async () => {
    await expect(define(() => undefined).build({})).rejects.toThrow(
      "Cannot build pipeline 'p': build must return what must be made, such as pusher({ … }), got undefined",
    );
    await expect(define(() => []).build({})).rejects.toThrow('got none');
    await expect(define(() => [statistics, 1]).build({})).rejects.toThrow('got 1');
    expect(() => define(() => statistics, z.object({ data: z.string() }) as never)).toThrow(
      "Cannot define pipeline 'p': every option needs a default, got none for data",
    );
  });

  test('finds all nodes from what must be made, each after those that it takes', async () => {
    const { nodes } = await smallPipeline({ serving: 'nowhere' }).build({});
    const names = nodes.map(({ name }) => name);
    expect(names).toHaveLength(10);
    for (const { name, inputs } of nodes) {
      for (const input of Object.values(inputs))
        expect(names.indexOf(input.name)).toBeLessThan(names.indexOf(name));
    }
  });
});
