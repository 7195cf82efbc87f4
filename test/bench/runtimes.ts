// The engines and runtimes of a configuration, made as a user of Starling makes them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type LaunchedClients, websocketRuntime } from '@starling/coordinator';
import { type EngineChoice, inProcessRuntime, type Runtime, threadsRuntime } from '@starling/runtime';
import type { Configuration, EngineChoiceName } from './configuration.js';
import { CLIENTS } from './work/standard-data.js';

const engines: Readonly<Record<EngineChoiceName, EngineChoice>> = {
  onnx: { name: 'onnx' },
  'tfjs-cpu': { name: 'tfjs', backend: 'cpu' },
  'tfjs-wasm': { name: 'tfjs', backend: 'wasm' },
  'tfjs-tensorflow': { name: 'tfjs', backend: 'tensorflow' },
};

export function engineChoice({ engine }: Configuration): EngineChoice {
  return engines[engine];
}

export function makeRuntime(configuration: Configuration): Runtime {
  const engine = engineChoice(configuration);
  const { runtime, workers } = configuration;
  switch (runtime) {
    case 'in-process':
      return inProcessRuntime({ engine });
    case 'threads':
      return threadsRuntime({ workers, engine });
    case 'websocket':
      return websocketRuntime({
        minClients: CLIENTS,
        launchClients: (url) => launchClients(url, configuration),
      });
  }
}

/** Processes that hold the population in equal parts. */
function launchClients(url: string, configuration: Configuration): LaunchedClients {
  const { workers } = configuration;
  const script = fileURLToPath(new URL('./clients.js', import.meta.url));
  const children = Array.from({ length: workers }, (_, part) => {
    const from = Math.floor((part * CLIENTS) / workers);
    const to = Math.floor(((part + 1) * CLIENTS) / workers);
    const request = JSON.stringify({ url, from, to, configuration });
    return spawn(process.execPath, [script, request], { stdio: ['pipe', 'ignore', 'inherit'] });
  });
  return {
    stop: async () => {
      const exits = children.map((child) => (child.exitCode === null ? once(child, 'exit') : null));
      for (const child of children) child.kill();
      await Promise.all(exits);
    },
  };
}
