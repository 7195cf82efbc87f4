// The rates of groups are the same to the bit, however the examples are split over clients.
import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, generator, type HostValue, seedFrom } from '@starling/federated-core';
import { expect, test } from 'vitest';
import type { GroupFigures } from '../fairness/group-figures.js';
import { client, type GivenRow, model, rows } from '../testing/fairlearn-table.js';
import { evaluationByGroup } from './evaluation-by-group.js';

/** As many by default, or STARLING_SPLITS. */
const SPLITS = Number(process.env['STARLING_SPLITS'] ?? 200);
const MAX_CLIENTS = 50;

test(`\`evaluationByGroup\` gives the same for ${SPLITS} random splits over 1 to ${MAX_CLIENTS} clients`, {
  timeout: 60_000 + 200 * SPLITS,
}, async () => {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  const groups = {
    by: { group: ['a', 'b', 'c'] },
    scores: 'probabilities',
    minClients: 1,
    buckets: 1,
  } as const;
  const { computation, finish } = evaluationByGroup({ model, groups });
  const thresholdsOf = async (clients: readonly (readonly GivenRow[])[]): Promise<unknown> => {
    const given = { model: { scale: 1 }, data: clients.map(client) };
    const result = finish((await evaluate(computation, given as never, { run })) as HostValue);
    return (result as unknown as { readonly groups: GroupFigures }).groups.by['group']!.thresholds;
  };
  const whole = await thresholdsOf([rows]);
  const random = generator(seedFrom(1));
  for (let split = 0; split < SPLITS; split++) {
    const clients: GivenRow[][] = Array.from({ length: 1 + random.below(MAX_CLIENTS) }, () => []);
    for (const row of random.permutation(rows.length))
      clients[random.below(clients.length)]!.push(rows[row]!);
    expect(await thresholdsOf(clients)).toEqual(whole);
  }
  await engine.dispose();
});
