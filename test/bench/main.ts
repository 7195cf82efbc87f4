// `npm run bench`: the standard work on Starling's engines and runtimes, and with `--peers` on its peers. Each run is
// one JSON line on stdout as it ends; the table comes last, on stderr. docs/performance.md explains the numbers.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../support/repository.js';
import { measurePeer, measureStarling } from './child.js';
import { runCommits } from './commits/commits.js';
import {
  type Configuration,
  defaultRounds,
  ENGINES,
  type EngineChoiceName,
  type Measurement,
  MODELS,
  type ModelName,
  RUNTIMES,
  reasonToSkip,
} from './configuration.js';
import { runMemoryChecks } from './memory/memory-checks.js';
import { peers, pythonOf } from './peers/peers.js';
import { runReaders } from './readers/readers.js';
import { type ContenderResult, report } from './report.js';
import { runRobust } from './robust/robust.js';
import { checkSameWork } from './same-work/same-work.js';
import { runSoak } from './soak/soak.js';
import { runSockets } from './sockets/sockets.js';
import { runStragglers } from './stragglers/stragglers.js';
import { runTiny } from './tiny/tiny.js';

const HELP = `Usage: npm run bench -- [options]

  --model <name>     ${MODELS.join(', ')}; may be given again (default: lr, cnn, cnn-dropout)
  --engine <name>    ${ENGINES.join(', ')}; may be given again (default: onnx)
  --runtime <name>   ${RUNTIMES.join(', ')}; may be given again (default: threads)
  --all              every engine on threads, and onnx on every runtime
  --workers <n>      threads, or client processes (default: 2)
  --rounds <n>       rounds to time (default: by model)
  --warmup <n>       rounds before them (default: by model)
  --repeats <n>      turns of each contender, one after another: A B A B (default: 1, with peers 2)
  --peers [folder]   also run the peers that have an environment in the folder (default: .peers)
  --same-work        only check that they do the same work, which --peers does first
  --memory           measure memory instead: large populations, many rounds, the CNN
  --commits          measure rounds that are kept instead, beside the same that are not (default: 200 rounds, 2 turns)
  --stragglers       measure FedProx with stragglers instead, as it is and with masked steps (default: lr, cnn; 3 turns)
  --readers          measure readers of large files instead: Parquet, LEAF, SQLite
  --tiny             measure questions to 100,000 clients whose work takes a moment instead (default: 20 rounds)
  --robust           measure the rules over single updates instead, 100 clients of a million numbers, beside numpy
  --sockets          measure 1,000 and 10,000 clients on sockets instead, beside a bare ws server (default: 1 turn)
  --soak             watch 1,000 clients on one coordinator instead: memory, descriptors, timers (default: 2,000 rounds)
`;

interface Contender {
  readonly name: string;
  readonly model: ModelName;
  readonly isPeer: boolean;
  measure(): Promise<Measurement>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', multiple: true },
    engine: { type: 'string', multiple: true },
    runtime: { type: 'string', multiple: true },
    all: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string' },
    warmup: { type: 'string' },
    repeats: { type: 'string' },
    peers: { type: 'boolean', default: false },
    'same-work': { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    stragglers: { type: 'boolean', default: false },
    commits: { type: 'boolean', default: false },
    readers: { type: 'boolean', default: false },
    robust: { type: 'boolean', default: false },
    sockets: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values['same-work']) await checkSameWork(peersFolder());
else if (values.memory) await runMemoryChecks();
else if (values.commits) await runCommits(Number(values.rounds ?? 200));
else if (values.readers) await runReaders();
else if (values.robust) await runRobust();
else if (values.tiny) await runTiny(Number(values.rounds ?? 20), Number(values.workers));
else if (values.soak) await runSoak(Number(values.rounds ?? 2000));
else if (values.sockets) {
  await runSockets({
    turns: Number(values.repeats ?? 1),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  });
} else if (values.stragglers) {
  await runStragglers(modelsOf(MODELS.slice(0, 2)), {
    turns: Number(values.repeats ?? 3),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  });
} else await runBench();

function modelsOf(otherwise: readonly ModelName[]): readonly ModelName[] {
  return values.model === undefined ? otherwise : values.model.map((name) => among(MODELS, name));
}

async function runBench(): Promise<void> {
  const models = modelsOf(MODELS.slice(0, 3));
  if (values.peers) await checkSameWork(peersFolder());
  const results: ContenderResult[] = [];
  for (const model of models) {
    const contenders = [...starling(model), ...(values.peers ? peerContenders(model) : [])];
    const repeats = Number(values.repeats ?? (values.peers ? 2 : 1));
    const outcomes = contenders.map(() => [] as (Measurement | null)[]);
    for (let turn = 0; turn < repeats; turn++) {
      for (const [index, contender] of contenders.entries())
        outcomes[index]?.push(await take(contender, turn));
    }
    for (const [index, { name, isPeer }] of contenders.entries()) {
      const measurements = (outcomes[index] ?? []).filter((outcome) => outcome !== null);
      results.push({ name, model, isPeer, measurements, failures: repeats - measurements.length });
    }
  }
  process.stderr.write(`\n${report(results)}\n`);
}

/** One turn; `null` if it failed, which is a line and a row of its own, and an exit code of 1 in the end. */
async function take(contender: Contender, turn: number): Promise<Measurement | null> {
  const { name, model } = contender;
  const line = { model, contender: name, turn };
  try {
    const measurement = await contender.measure();
    process.stdout.write(`${JSON.stringify({ ...line, ...measurement })}\n`);
    return measurement;
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ ...line, error: String(error) })}\n`);
    process.stderr.write(`${model}: ${name} failed: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
    return null;
  }
}

function starling(model: ModelName): readonly Contender[] {
  return choices().flatMap(([engine, runtime]) => {
    const reason = reasonToSkip(model, engine) ?? reasonOfAbsence(engine);
    if (reason !== null) {
      process.stderr.write(`${model} on ${engine}: left out, ${reason}\n`);
      return [];
    }
    const defaults = defaultRounds(model, engine);
    const configuration: Configuration = {
      model,
      engine,
      runtime,
      workers: Number(values.workers),
      warmup: Math.max(1, Number(values.warmup ?? defaults.warmup)),
      rounds: Number(values.rounds ?? defaults.rounds),
    };
    const name = `Starling, ${engine}, ${runtime}${runtime === 'in-process' ? '' : ` ×${values.workers}`}`;
    return [{ name, model, isPeer: false, measure: () => measureStarling(configuration) }];
  });
}

function choices(): readonly (readonly [EngineChoiceName, Configuration['runtime']])[] {
  if (values.all) {
    return [
      ...RUNTIMES.map((runtime) => ['onnx', runtime] as const),
      ...ENGINES.slice(1).map((engine) => [engine, 'threads'] as const),
    ];
  }
  const engines = (values.engine ?? ['onnx']).map((name) => among(ENGINES, name));
  const runtimes = (values.runtime ?? ['threads']).map((name) => among(RUNTIMES, name));
  return engines.flatMap((engine) => runtimes.map((runtime) => [engine, runtime] as const));
}

/** tfjs-node is optional: where `npm run test:tfjs-node` built it, the measuring processes are told where it is. */
function reasonOfAbsence(engine: EngineChoiceName): string | null {
  if (engine !== 'tfjs-node' || process.env['STARLING_TFJS_NODE'] !== undefined) return null;
  const addon = join(root, '.tfjs-node', 'node_modules', '@tensorflow', 'tfjs-node');
  if (!existsSync(addon)) return 'tfjs-node is not built: npm run test:tfjs-node builds it';
  process.env['STARLING_TFJS_NODE'] = addon;
  process.env['TF_CPP_MIN_LOG_LEVEL'] = '2';
  return null;
}

function peersFolder(): string {
  return positionals[0] ?? process.env['STARLING_PEERS'] ?? join(root, '.peers');
}

function peerContenders(model: ModelName): readonly Contender[] {
  const folder = peersFolder();
  return peers
    .filter((peer) => peer.models.includes(model))
    .flatMap((peer) => {
      const python = pythonOf(peer, folder);
      if (python !== null) {
        return [{ name: peer.name, model, isPeer: true, measure: () => measurePeer(peer, python, model) }];
      }
      process.stderr.write(`${peer.name}: left out, no Python in ${join(folder, peer.environment)}\n`);
      return [];
    });
}

function among<T extends string>(choices: readonly T[], name: string): T {
  const found = choices.find((choice) => choice === name);
  if (found === undefined) {
    throw new Error(`Cannot measure '${name}': need one of ${choices.join(', ')}`);
  }
  return found;
}
