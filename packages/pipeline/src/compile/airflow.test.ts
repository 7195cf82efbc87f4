import { describe, expect, test } from 'vitest';
import { smallPipeline } from '../testing/small-pipeline.js';
import { airflowDag } from './airflow.js';

describe('airflowDag', () => {
  test('has a task for each node with the same command, and an edge for each argument', async () => {
    const pipeline = await smallPipeline({ serving: 'serving' }).build({});
    const text = airflowDag(pipeline, {
      command: ['starling', 'pipeline', 'run', "it's.ts"],
      folder: '/srv',
      description: 'Which are late?',
    });
    expect(text.match(/BashOperator\(/g)).toHaveLength(pipeline.nodes.length);
    expect(text).toContain("starling pipeline run 'it'\\\\''s.ts' --node model-validator");
    expect(text).toContain('    [node_trainer, node_model_validator, node_infra_validator] >> node_pusher\n');
    expect(text).toContain('dag_id="small"');
    expect(text).toContain('FOLDER = "/srv"');
    expect(text).not.toMatch(/>> node_examples\n/);
  });
});
