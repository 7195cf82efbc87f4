// One simulation, from its seed: clients, a network, a disk and a server that is killed and started again, until the
// run has ended. The same seed gives the same simulation, event by event.
import { deriveSeed, generator, type Seed, seedFrom } from '@starling/federated-core';
import { StoreDamagedError } from '@starling/store';
import { type DiskFault, simulatedDisk } from '@starling/store/testing';
import { createChecker, Finding } from './checker.js';
import { createClient } from './client.js';
import { createClock } from './clock.js';
import { drawMix, type FaultMix } from './mix.js';
import { createNetwork, SERVER } from './network.js';
import { type Plant, plantedDisk, plantedGathering, plantedPhases } from './plants.js';
import { RESTART_MS, RUN, RUN_SEED, type ServerProcess, startServer } from './server.js';

export interface SimulationResult {
  readonly seed: number;
  /** Why it failed; `null` if all promises were kept. */
  readonly finding: string | null;
  /** What went wrong in it. */
  readonly mix: FaultMix;
  readonly outcome: 'finished' | 'failed' | null;
  /** Processes that the server needed. */
  readonly lives: number;
  readonly events: number;
  readonly virtualMs: number;
}

export async function simulate(number: number, plant: Plant | null = null): Promise<SimulationResult> {
  const seed: Seed = seedFrom(number);
  const mix = drawMix(deriveSeed(seed, 'mix'));
  const random = generator(deriveSeed(seed, 'faults'));
  const clock = createClock();
  const names = Array.from({ length: mix.clients }, (_, index) => `client-${index}`);
  const checker = createChecker(mix, RUN, names);
  let isHealed = false;
  let isDown = false;
  let lives = 0;
  let starts = 0;
  let server: ServerProcess | null = null;

  const fault = (call: string): DiskFault => {
    if (isDown) return 'crash';
    if (isHealed) return null;
    if (random.uniform() < mix.diskCrash) {
      isDown = true;
      return 'crash';
    }
    if (random.uniform() >= mix.diskRefusal) return null;
    // A disk that cannot read what it holds is damage, which is tested elsewhere.
    if (call === 'read') return 'ENOSPC';
    return (['ENOSPC', 'EIO', 'short'] as const)[random.below(3)]!;
  };
  const disk = simulatedDisk({ fault, draw: (bound) => random.below(bound) });
  const network = createNetwork(clock, random, mix, (from, to, message) =>
    to === SERVER ? server?.receive(from, message) : clients.get(to)?.receive(message),
  );
  const clients = new Map(
    names.map((name) => [name, createClient(name, clock, random, network, mix, checker, () => isHealed)]),
  );

  /** One process at a time: only the start that was planned last takes place. */
  function startAfter(ms: number): void {
    const planned = ++starts;
    clock.after(ms, () => {
      if (planned === starts) start();
    });
  }
  function start(): void {
    isDown = false;
    server = startServer(
      {
        clock,
        network,
        disk: plantedDisk(disk, plant),
        mix,
        names,
        seed: RUN_SEED,
        checker,
        makeGathering: plantedGathering(plant),
        phasesOf: plantedPhases(plant),
        onCrash: () => crash(true),
      },
      ++lives,
      () => startAfter(RESTART_MS),
    );
  }
  /** The process is killed; with `power` the machine goes down, too. */
  function crash(power: boolean): void {
    server?.kill();
    server = null;
    isDown = true;
    if (power) disk.crash();
    startAfter(50 + random.uniform() * 1000);
  }
  function every(meanMs: number | null, happen: () => void): void {
    if (meanMs === null) return;
    const next = (): void =>
      clock.after(-Math.log(1 - random.uniform()) * meanMs, () => {
        if (isHealed) return;
        happen();
        next();
      });
    next();
  }
  const anyone = (): string => names[random.below(names.length)]!;

  start();
  every(mix.serverCrashEveryMs, () => {
    if (server !== null && server.outcome === null) crash(random.below(2) === 0);
  });
  every(mix.clientCrashEveryMs, () => clients.get(anyone())!.crash());
  every(mix.partitionEveryMs, () => {
    const client = anyone();
    network.cut(client, true);
    clock.after(random.uniform() * 2000, () => network.cut(client, false));
  });
  clock.after(mix.healAtMs, () => {
    isHealed = true;
    network.heal();
  });

  const { rounds, maxAttempts, deadlineMs, maxExtensions, selectionMs } = mix.settings;
  const attemptMs = mix.phases * deadlineMs * (maxExtensions + 1) + selectionMs + 3000;
  const endAt = mix.healAtMs + mix.longDelayMs + rounds * (maxAttempts + 1) * attemptMs + 10_000;
  let finding: string | null = null;
  try {
    await clock.run(() => server?.outcome != null || clock.now > endAt);
    if (server === null || (server as ServerProcess).outcome === null) {
      finding = `the run has not ended, ${Math.round(clock.now - mix.healAtMs)} ms after all was well again`;
    }
  } catch (error) {
    // Damage is a finding, too: nothing here flips bits.
    const isFound = error instanceof Finding || error instanceof StoreDamagedError;
    if (!isFound) throw new Error(`seed ${number}: ${String(error)}`, { cause: error });
    finding = error.message;
  }
  const outcome = (server as ServerProcess | null)?.outcome ?? null;
  return { seed: number, finding, mix, outcome, lives, events: clock.events, virtualMs: clock.now };
}
