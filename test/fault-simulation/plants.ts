// Bugs that are planted to see whether the simulation finds them: what the code would do if it had them.
import { createGathering } from '@starling/rounds';
import type { Disk } from '@starling/store/testing';

export const PLANTS = [
  'counted-twice',
  'commit-before-sync',
  'lost-deadline',
  'stale-attempt',
  'told-to-all',
] as const;
export type Plant = (typeof PLANTS)[number];

export function plantedGathering(plant: Plant | null): typeof createGathering {
  switch (plant) {
    case 'counted-twice':
      // A report that comes again is added again.
      return (here, settings, at) => {
        const gathering = createGathering(here, settings, at);
        return wrapped(gathering, {
          handle(event, now) {
            const actions = gathering.handle(event, now);
            const again = actions.find((action) => action.kind === 'answer' && action.status === 'accepted');
            if (event.kind !== 'report' || again === undefined || actions.length > 1) return actions;
            const position = settings.cohort.indexOf(event.client);
            const fate = { status: 'accepted' } as const;
            return [{ kind: 'settle', client: event.client, position, fate }, ...actions];
          },
        });
      };
    case 'lost-deadline':
      return (here, settings, at) => {
        const gathering = createGathering(here, settings, at);
        return wrapped(gathering, { wakeAt: null });
      };
    case 'stale-attempt':
      // Round and phase are looked at, and the attempt is not.
      return (here, settings, at) => {
        const gathering = createGathering(here, settings, at);
        return wrapped(gathering, {
          handle(event, now) {
            if (event.kind !== 'report') return gathering.handle(event, now);
            return gathering.handle({ ...event, address: { ...event.address, attempt: here.attempt } }, now);
          },
        });
      };
    default:
      return createGathering;
  }
}

export function plantedDisk(disk: Disk, plant: Plant | null): Disk {
  if (plant !== 'commit-before-sync') return disk;
  return {
    ...disk,
    async open(path, how) {
      const file = await disk.open(path, how);
      return { ...file, sync: async () => {} };
    },
  };
}

/** In which phases of a committed attempt a client counts: with the bug, all hear that they do. */
export function plantedPhases(
  plant: Plant | null,
): (counted: readonly (readonly string[])[], client: string) => readonly number[] {
  return (counted, client) =>
    counted.flatMap((those, phase) => (plant === 'told-to-all' || those.includes(client) ? [phase] : []));
}

type MadeGathering = ReturnType<typeof createGathering>;

function wrapped(gathering: MadeGathering, change: Partial<MadeGathering>): MadeGathering {
  return {
    get wakeAt() {
      return 'wakeAt' in change ? change.wakeAt! : gathering.wakeAt;
    },
    get isOver() {
      return gathering.isOver;
    },
    get fates() {
      return gathering.fates;
    },
    owes: gathering.owes,
    wants: gathering.wants,
    handle: change.handle ?? gathering.handle,
  };
}
