// Every aggregator of the aggregators room, made as tests hold all of them to something, and the use that
// docs/aggregators.md names.
import * as room from '@starling/aggregators';
import { float32, int32, type Type } from '@starling/federated-core';

export interface AggregatorCase {
  readonly make: () => room.Aggregator;
  /** Updates that it takes: a vector of so many numbers; float32 by default. */
  readonly update?: (size: number) => Type;
  /** When to use it, in a sentence or two. */
  readonly use: string;
}

const { meanAggregator, sumAggregator, quantileEstimate } = room;

/** By the names that users write; a test holds that none is missing. */
export const aggregators: Readonly<Record<string, AggregatorCase>> = {
  sumAggregator: {
    make: () => sumAggregator(),
    use: 'Counts and other totals, and what means are made of.',
  },
  meanAggregator: {
    make: () => meanAggregator(),
    use: 'The place to start: what federated averaging is, exact in float64.',
  },
  discountedMean: {
    make: () => room.discountedMean(),
    use: 'Rounds that do not wait ([FedBuff](algorithms.md#fedbuff)): an update that is τ steps old counts for 1/√(1 + τ). In synchronous rounds it is the mean.',
  },
  quantizedSum: {
    make: () => room.quantizedSum({ bits: 8, threshold: 1 }),
    use: 'Where sending is expensive: a quarter of the bytes in 8 bits, a thirty-second in one. In few bits, within `rotated`. As the `valueSum` of a mean.',
  },
  topKSum: {
    make: () => room.topKSum({ share: 1 / 64 }),
    use: 'Where sending is expensive and clients come back often: a 64th of the numbers here, each with its place. As the `valueSum` of a mean. A client that is seldom drawn sends late what it kept.',
  },
  reservoirSample: {
    make: () => room.reservoirSample({ size: 3 }),
    use: 'A look at what clients send, while a federation is set up. It gives a sequence, and is no aggregator to train with.',
  },
  clipped: {
    make: () =>
      room.clipped(meanAggregator(), {
        norm: quantileEstimate({ initial: 1, target: 0.5, learningRate: 0.2 }),
      }),
    use: 'Clients whose updates differ much in length, and the first step of differential privacy.',
  },
  zeroed: {
    make: () => room.zeroed(meanAggregator(), { norm: 100 }),
    use: 'Faulty clients: a broken sensor, a mixed-up unit, a division by zero.',
  },
  clientMomentum: {
    make: () => room.clientMomentum(room.centredClipping({ norm: 1 })),
    use: 'Around a rule against liars, where honest clients differ from round to round more than among each other.',
  },
  measured: {
    make: () => room.measured(meanAggregator()),
    use: 'To find a bound for `clipped`, or a learning rate that is too high.',
  },
  rotated: {
    make: () => room.rotated(room.quantizedSum({ bits: 1, threshold: 1 })),
    use: 'Around `quantizedSum` in few bits, where a few numbers of an update are much larger than the others.',
  },
  modularClipped: {
    make: () => room.modularClipped(sumAggregator(), { low: -100, high: 100 }),
    update: (size) => int32(size),
    use: 'Integers on their way through sums modulo a number, such as secure ones.',
  },
  robustAggregator: {
    make: () => room.robustAggregator(),
    use: 'A federation of clients that may be faulty, but do not lie. Sums alone leave them.',
  },
  compressionAggregator: {
    make: () => room.compressionAggregator(),
    use: 'The same where sending is expensive.',
  },
  coordinateMedian: {
    make: () => room.coordinateMedian(),
    use: 'Liars of any kind, up to nearly half; it holds best where clients have data alike, and forgets what few have.',
  },
  trimmedMean: {
    make: () => room.trimmedMean({ share: 0.2 }),
    use: 'Liars up to the share, with more of the honest clients in the aggregate than a median has.',
  },
  krum: {
    make: () => room.krum({ faultyShare: 0.2 }),
    use: 'Liars that stand apart from the others; the aggregate is one client’s update, so that learning is slow.',
  },
  multiKrum: {
    make: () => room.multiKrum({ faultyShare: 0.2 }),
    use: 'Liars that stand apart from the others, with all of the rest averaged: the usual choice among the two.',
  },
  geometricMedian: {
    make: () => room.geometricMedian(),
    use: 'Liars of any kind, up to nearly half, without a share to be guessed beforehand.',
  },
  boundedMean: {
    make: () => room.boundedMean({ norm: 1 }),
    use: 'Liars that send long updates, such as those that replace the model: cheap, and the server keeps no update.',
  },
  centredClipping: {
    make: () => room.centredClipping({ norm: 1 }),
    use: 'Liars that send little, round after round: the centre remembers the rounds before.',
  },
};

/** The type of updates of so many numbers that a case takes. */
export function updateOf({ update = (size) => float32(size) }: AggregatorCase, size: number): Type {
  return update(size);
}
