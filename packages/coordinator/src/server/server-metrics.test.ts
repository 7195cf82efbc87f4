import { describe, expect, test } from 'vitest';
import { createServerMetrics } from './server-metrics.js';

describe('createServerMetrics', () => {
  test('`createServerMetrics` renders every metric with help and type when nothing was counted', () => {
    const page = createServerMetrics().render();
    expect(page).toContain(
      '# HELP starling_clients Clients that are joined and ready.\n# TYPE starling_clients gauge\n',
    );
    for (const line of page.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) starling_\w+ .+|starling_\w+ 0)$/);
  });

  test('`createServerMetrics` adds to counters and sets gauges when told', () => {
    const metrics = createServerMetrics();
    metrics.add('starling_joins_total');
    metrics.add('starling_joins_total', 2);
    metrics.set('starling_clients', 7);
    metrics.set('starling_clients', 5);
    expect(metrics.render()).toContain('\nstarling_joins_total 3\n');
    expect(metrics.get('starling_clients')).toBe(5);
  });
});
