// The suite that every store of what clients keep passes: a version is there as it was written, once it is synced also
// for the next process; what a run may still ask for stays, and the rest goes; one writer at a time.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClientStateStore, ClientVersion, OpenClientStates } from '../clients/client-states.js';

/** What makes a store of a suite: again and again in the same place, as processes do that follow one another. */
export interface ClientStatePlace {
  /** A store in the place; each call is another process's. */
  open(): ClientStateStore;
  remove?(): Promise<void>;
}

export interface ClientStateCapabilities {
  /** Whether it outlives the process; then another call of `open` finds what the one before left. */
  readonly isDurable: boolean;
}

/**
 * Tests the stores of the places that `makePlace` makes; call it at the top of a test file, for a store of your own
 * too: `clientStateContract('memory', () => ({ open: memoryClientStates }), { isDurable: false })`.
 */
export function clientStateContract(
  name: string,
  makePlace: () => Promise<ClientStatePlace> | ClientStatePlace,
  { isDurable }: ClientStateCapabilities,
): void {
  describe(`client state contract: ${name}`, () => {
    let place!: ClientStatePlace;
    let store!: ClientStateStore;
    let states!: OpenClientStates;
    beforeEach(async () => {
      place = await makePlace();
      store = place.open();
      states = await store.open('run');
    });
    afterEach(async () => {
      await states.close();
      await place.remove?.();
    });
    /** Stops, as a process does that is through with it, and starts again. */
    const restart = async (): Promise<void> => {
      await states.close();
      if (isDurable) store = place.open();
      states = await store.open('run');
    };
    const idsOf = async (client: string) => (await states.versions(client)).map(({ id }) => id);

    test(`\`${name}\` gives back what was written, bit by bit, and nothing else`, async () => {
      expect(await states.read('a', idOf(1))).toBeNull();
      await write(states, 'a', 1, null);
      await write(states, 'b', 1, null);
      expect(await states.read('a', idOf(1))).toEqual(stateOf('a', 1));
      expect(await states.read('b', idOf(1))).toEqual(stateOf('b', 1));
      expect(await states.read('a', idOf(2))).toBeNull();
      expect(await states.read('c', idOf(1))).toBeNull();
    });

    test(`\`${name}\` holds copies: what its caller does with its bytes afterwards is its caller's`, async () => {
      const bytes = stateOf('a', 1);
      await states.write('a', versionOf(1, null), bytes);
      bytes.fill(0);
      const read = await states.read('a', idOf(1));
      expect(read).toEqual(stateOf('a', 1));
      read!.fill(0);
      expect(await states.read('a', idOf(1))).toEqual(stateOf('a', 1));
    });

    test(`\`${name}\` holds states of no bytes, and of many`, async () => {
      const many = new Uint8Array(3_000_000).map((_, index) => index * 7);
      await states.write('a', versionOf(1, null), new Uint8Array());
      await states.write('b', versionOf(1, null), many);
      await states.sync();
      expect(await states.read('a', idOf(1))).toEqual(new Uint8Array());
      expect(Buffer.compare((await states.read('b', idOf(1)))!, many)).toBe(0);
    });

    test(`\`${name}\` takes names of any characters`, async () => {
      for (const client of ['../../etc', 'a/b', 'naïve 🐦', '"', 'x'.repeat(200)]) {
        await write(states, client, 1, null);
        await states.sync();
        expect(await states.read(client, idOf(1))).toEqual(stateOf(client, 1));
      }
    });

    test(`\`${name}\` holds a version that is written again once, with the latest bytes`, async () => {
      await states.write('a', versionOf(1, null), Uint8Array.of(1, 2));
      await states.sync();
      await states.write('a', versionOf(1, null), Uint8Array.of(3));
      expect(await states.read('a', idOf(1))).toEqual(Uint8Array.of(3));
      expect(await idsOf('a')).toEqual([idOf(1)]);
    });

    test(`\`${name}\` holds several versions of a client until they are settled`, async () => {
      for (const round of [1, 2, 3]) await write(states, 'a', round, round === 1 ? null : round - 1);
      await states.sync();
      expect(await states.versions('a')).toEqual([versionOf(1, null), versionOf(2, 1), versionOf(3, 2)]);
      // A start after round 2 asks for version 2 and later ones: version 1 is what nothing is made of any more.
      await states.settle('a', idOf(3), 2);
      expect(await idsOf('a')).toEqual([idOf(2), idOf(3)]);
      expect(await states.read('a', idOf(1))).toBeNull();
      expect(await states.read('a', idOf(2))).toEqual(stateOf('a', 2));
    });

    test(`\`${name}\` lets go of versions of attempts that came to nothing`, async () => {
      await write(states, 'a', 1, null);
      await write(states, 'a', 2, 1);
      await states.settle('a', idOf(1), 1);
      expect(await idsOf('a')).toEqual([idOf(1)]);
      await write(states, 'b', 1, null);
      await states.settle('b', null, 0);
      expect(await idsOf('b')).toEqual([]);
    });

    test(`\`${name}\` keeps runs apart, and lets one writer in at a time`, async () => {
      await write(states, 'a', 1, null);
      await expect(store.open('run')).rejects.toMatchObject({ code: 'store-locked' });
      const other = await store.open('other');
      expect(await other.read('a', idOf(1))).toBeNull();
      await other.close();
      await expect(store.open('no/name')).rejects.toMatchObject({ code: 'store-misused' });
    });

    test(`\`${name}\` has after a restart what was synced before`, async () => {
      await write(states, 'a', 1, null);
      await write(states, 'b', 1, null);
      await states.sync();
      await write(states, 'a', 2, 1);
      await states.sync();
      await restart();
      expect(await states.read('a', idOf(1))).toEqual(stateOf('a', 1));
      expect(await states.read('a', idOf(2))).toEqual(stateOf('a', 2));
      expect(await states.read('b', idOf(1))).toEqual(stateOf('b', 1));
      await write(states, 'a', 3, 2);
      await states.settle('a', idOf(3), 3);
      await states.sync();
      await restart();
      expect(await states.read('a', idOf(3))).toEqual(stateOf('a', 3));
    });

    test(`\`${name}\` takes calls of many clients at once`, async () => {
      const clients = Array.from({ length: 50 }, (_, index) => `client-${index}`);
      await Promise.all(
        clients.map(async (client) => {
          await write(states, client, 1, null);
          await states.sync();
        }),
      );
      const read = await Promise.all(clients.map((client) => states.read(client, idOf(1))));
      expect(read).toEqual(clients.map((client) => stateOf(client, 1)));
    });
  });
}

/** As ids are: 64 hexadecimal digits. */
function idOf(round: number): string {
  return String(round).padStart(64, '0');
}

function versionOf(round: number, base: number | null): ClientVersion {
  return { id: idOf(round), round, base: base === null ? null : idOf(base) };
}

function stateOf(client: string, round: number): Uint8Array {
  return new TextEncoder().encode(`state of ${client} in round ${round}`);
}

function write(states: OpenClientStates, client: string, round: number, base: number | null): Promise<void> {
  return states.write(client, versionOf(round, base), stateOf(client, round));
}
