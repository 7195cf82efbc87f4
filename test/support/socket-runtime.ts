// A federation over sockets within one process, for tests that hold it to what other runtimes give.
import { startClients } from '@starling/client';
import { websocketRuntime } from '@starling/coordinator';
import type { Population } from '@starling/population';
import type { Runtime } from '@starling/runtime';

/** A runtime whose clients join from this process, each over a socket. */
export function socketRuntime(population: Population): { readonly runtime: Runtime; end(): Promise<void> } {
  let clients: ReturnType<typeof startClients> | null = null;
  const runtime = websocketRuntime({
    minClients: population.size,
    onListen: ({ url }) => {
      clients = startClients({ url, population, clients: { any: population.size } });
    },
  });
  return { runtime, end: async () => void (await (await clients)?.close()) };
}
