// The engines and runtimes of a configuration, made as a user of Starling makes them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { websocketRuntime } from '@starling/coordinator';
import { inProcessRuntime, type Runtime, threadsRuntime } from '@starling/runtime';
import type { Configuration } from './configuration.js';
import { addUp, type ProcessUse, processUse } from './process-use.js';
import { CLIENTS } from './work/standard-data.js';

export interface MeasuredRuntime {
  readonly runtime: Runtime;
  /** What this process and those that the runtime has started have used. */
  use(): Promise<ProcessUse>;
}

export function makeRuntime(configuration: Configuration): MeasuredRuntime {
  const { engine, runtime, workers } = configuration;
  switch (runtime) {
    case 'in-process':
      return { runtime: inProcessRuntime({ engine }), use: async () => processUse() };
    case 'threads':
      return { runtime: threadsRuntime({ workers, engine }), use: async () => processUse() };
    case 'websocket':
      return websocketMeasured(configuration);
  }
}

function websocketMeasured(configuration: Configuration): MeasuredRuntime {
  let children: readonly ChildProcess[] = [];
  const runtime = websocketRuntime({
    minClients: CLIENTS,
    launchClients: (url) => {
      children = startClientProcesses(url, configuration);
      return { stop: () => endAll(children) };
    },
  });
  return { runtime, use: async () => addUp([processUse(), ...(await Promise.all(children.map(useOf)))]) };
}

/** Processes that hold the population in equal parts. */
function startClientProcesses(url: string, configuration: Configuration): readonly ChildProcess[] {
  const { workers } = configuration;
  const script = fileURLToPath(new URL('./clients.js', import.meta.url));
  return Array.from({ length: workers }, (_, part) => {
    const from = Math.floor((part * CLIENTS) / workers);
    const to = Math.floor(((part + 1) * CLIENTS) / workers);
    const request = JSON.stringify({ url, from, to, configuration });
    return spawn(process.execPath, [script, request], { stdio: ['pipe', 'ignore', 'inherit', 'ipc'] });
  });
}

async function useOf(child: ChildProcess): Promise<ProcessUse> {
  const reply = once(child, 'message');
  child.send('use');
  const [use] = (await reply) as [ProcessUse];
  return use;
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  const exits = children.map((child) => (child.exitCode === null ? once(child, 'exit') : null));
  for (const child of children) child.kill();
  await Promise.all(exits);
}
