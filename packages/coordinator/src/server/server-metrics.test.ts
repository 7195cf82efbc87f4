import { expect, test } from 'vitest';
import { createServerMetrics } from './server-metrics.js';

test('`createServerMetrics` renders what was counted in the Prometheus text format', async () => {
  const metrics = createServerMetrics();
  metrics.add('starling_joins_total');
  metrics.add('starling_joins_total', 2);
  metrics.set('starling_clients', 5);
  const page = await metrics.render();
  expect(page).toContain(
    '# HELP starling_clients Clients that are joined and ready.\n# TYPE starling_clients gauge\nstarling_clients 5\n',
  );
  expect(page).toContain('\nstarling_joins_total 3\n');
  expect(metrics.get('starling_clients')).toBe(5);
});

test('`createServerMetrics` counts by label, and gives the sum and each', async () => {
  const metrics = createServerMetrics();
  metrics.add('starling_refused_total', 1, { reason: 'no-room' });
  metrics.add('starling_refused_total', 2, { reason: 'unauthorized' });
  expect(await metrics.render()).toContain('\nstarling_refused_total{reason="unauthorized"} 2\n');
  expect(metrics.get('starling_refused_total')).toBe(3);
  expect(metrics.get('starling_refused_total', { reason: 'unauthorized' })).toBe(2);
  expect(metrics.get('starling_refused_total', { reason: 'internal' })).toBe(0);
});

test('`createServerMetrics` puts what it times into buckets', async () => {
  const metrics = createServerMetrics();
  for (const seconds of [0.02, 0.2, 1000]) metrics.observe('starling_round_seconds', seconds);
  const page = await metrics.render();
  // Of 0.02, 0.2 and 1000, one is at most 0.025, two are at most 0.25, and all three are below infinity.
  for (const [bound, count] of [
    ['0.01', 0],
    ['0.025', 1],
    ['0.25', 2],
    ['300', 2],
    ['+Inf', 3],
  ]) {
    expect(page).toContain(`starling_round_seconds_bucket{le="${bound}"} ${count}\n`);
  }
  expect(metrics.get('starling_round_seconds')).toBe(3);
});

test('`createServerMetrics` has what the process uses, if it is asked to', async () => {
  expect(await createServerMetrics().render()).not.toContain('process_resident_memory_bytes');
  expect(await createServerMetrics({ ofProcess: true }).render()).toContain('process_resident_memory_bytes ');
});
