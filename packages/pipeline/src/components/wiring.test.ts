// What does not compile: `tsc -b` holds each line below to its directive.
import { atLeast } from '@starling/learning';
import { describe, expect, test } from 'vitest';
import type { Node } from '../nodes/node.js';
import { deliveries, smallPipeline } from '../testing/small-pipeline.js';
import type { Destination } from './destination.js';
import type { EvaluationNode } from './evaluator.js';
import { exampleGen } from './example-gen.js';
import { exampleValidator } from './example-validator.js';
import type { BlessingNode } from './model-validator.js';
import { modelValidator } from './model-validator.js';
import { pusher } from './pusher.js';
import { schemaGen } from './schema-gen.js';
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
    expect(() => modelValidator({ evaluation: {} as never, constraints: [] as never })).toThrow(
      'constraints must have one at least, got none',
    );
    expect(() => statisticsGen({} as never)).toThrow(/Cannot make statistics: .*examples/);
    expect(() => exampleGen({ tables: deliveries(3), atHand: false })).toThrow(
      'need a span of data that is not at hand',
    );
  });
});

describe('definePipeline', () => {
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
