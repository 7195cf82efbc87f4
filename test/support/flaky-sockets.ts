// Sockets that break at random points, by seed: after so many frames in either direction, in the middle of bodies as
// anywhere else. The same seed breaks the same connections at the same frames.
import { type Connect, connectWs } from '@starling/client';
import { deriveSeed, generator, type Seed } from '@starling/federated-core';

/** `meanFrames`: how long a connection lives; every `steadyAfter`-th connection of a client is left in peace. */
export function flakySockets(
  seed: Seed,
  { meanFrames, steadyAfter }: { readonly meanFrames: number; readonly steadyAfter: number },
): { readonly connect: Connect; readonly cuts: () => number } {
  let connections = 0;
  let cuts = 0;
  return {
    cuts: () => cuts,
    connect(url, events) {
      connections++;
      const random = generator(deriveSeed(seed, 'connection', connections));
      let left =
        connections % steadyAfter === 0 ? Number.POSITIVE_INFINITY : 1 + random.below(2 * meanFrames);
      const socket = connectWs(url, {
        ...events,
        message(frame) {
          if (spend()) events.message(frame);
        },
      });
      /** Counts a frame; false if the cut comes before it. */
      const spend = (): boolean => {
        left--;
        if (left === 0) {
          cuts++;
          socket.terminate();
        }
        return left > 0;
      };
      return {
        ...socket,
        send(frame) {
          if (spend()) socket.send(frame);
        },
      };
    },
  };
}
