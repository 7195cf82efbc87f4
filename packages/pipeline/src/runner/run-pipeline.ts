// Runs a pipeline: nodes that do not need each other side by side, what was made before from the cache, and nothing
// after what was refused. A node's key is what it means: parameters, plans, what it is given and the seed. So a run
// that was killed ends, run again, in the same artifacts, and a change of text that changes no graph runs nothing
// again.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createOnnxEngine } from '@starling/compute';
import { StarlingError } from '@starling/federated-core';
import { lockDatabase } from '@starling/store/sql';
import { artifactStore, replaceSynced } from '../artifacts/artifact-store.js';
import { canonical, sha256 } from '../artifacts/canonical.js';
import { openMetadata } from '../metadata/metadata.js';
import { neededFor } from './node-key.js';
import type { PipelineResult, PipelineRunOptions } from './pipeline-result.js';
import { PipelineRun } from './pipeline-run.js';

const LOCK = 'lock.db';
/** Longer than somebody takes to look whether one is running. */
const WAIT_MS = 1000;

/** Throws a `StarlingError` (`pipeline-busy`) if another process runs one in the directory; else what fails is told. */
export async function runPipeline(options: PipelineRunOptions): Promise<PipelineResult> {
  const { pipeline, directory, clock, seed = 1, only } = options;
  if (only !== undefined) neededFor(pipeline, only); // a run that cannot be is not begun
  mkdirSync(directory, { recursive: true });
  const lock = lockDatabase(join(directory, LOCK), WAIT_MS);
  if (lock === null) {
    throw new StarlingError(
      'pipeline-busy',
      `Cannot run '${pipeline.name}': another process runs a pipeline in ${directory}`,
    );
  }
  const metadata = openMetadata(join(directory, 'metadata.sqlite'), clock);
  const engine = await createOnnxEngine();
  try {
    const shape = pipeline.nodes.map(({ name, component }) => ({ name, component }));
    const row = metadata.begin(pipeline.name, sha256(canonical({ shape, seed, only: only ?? null })));
    const run = new PipelineRun(
      { ...options, seed },
      { metadata, engine, row, store: artifactStore(join(directory, 'artifacts')) },
    );
    const result = await run.all();
    writeRunFile(directory, result);
    options.onStep?.('end of run');
    metadata.end(row.run, result.outcome);
    return result;
  } finally {
    await engine.dispose();
    metadata.close();
    lock.close();
  }
}

/** Whether a process runs a pipeline in the directory now: one that is `running` and is not has been killed. */
export function isRunning(directory: string): boolean {
  if (!existsSync(join(directory, LOCK))) return false;
  const lock = lockDatabase(join(directory, LOCK));
  lock?.close();
  return lock === null;
}

/** `runs/<run>/run.json`: how the run ended, for people and for other programs. */
function writeRunFile(directory: string, { nodes, ...result }: PipelineResult): void {
  const folder = join(directory, 'runs', String(result.run));
  mkdirSync(folder, { recursive: true });
  const file = {
    ...result,
    nodes: nodes.map(({ artifact, error: _, ...node }) => ({ ...node, artifact: artifact?.id ?? null })),
  };
  replaceSynced(join(folder, 'run.json'), `${canonical(file, 2)}\n`);
}
