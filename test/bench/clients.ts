// A client process of the `websocket` runtime: it holds a part of the standard population, and ends when its
// coordinator does.
import { startClients } from '@starling/client';
import { createEngine } from '@starling/runtime';
import type { Configuration } from './configuration.js';
import { processUse } from './process-use.js';
import { workPopulation } from './work/standard-work.js';

interface Request {
  readonly url: string;
  /** Indices [from, to) into the population. */
  readonly from: number;
  readonly to: number;
  readonly configuration: Configuration;
}

const { url, from, to, configuration } = JSON.parse(process.argv[2]!) as Request;
// The pipe closes with the process that made it, however that one ends.
process.stdin.resume().once('close', () => process.exit());
process.on('message', () => process.send?.(processUse()));

const { finished } = await startClients({
  url,
  population: workPopulation(configuration.model),
  clients: Array.from({ length: to - from }, (_, index) => from + index),
  engine: await createEngine(configuration.engine),
});
await finished;
process.exit();
