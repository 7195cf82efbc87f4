// What a client hears of its reports: at once that they have arrived, and later whether they count. It keeps the
// counts, and tells the user's functions.
import type { Control } from '@starling/wire';
import { bodyMemory } from './body-memory.js';
import type { ClientOptions } from './client-options.js';
import type { ClientLogger } from './logger.js';
import type { ClientCounts, ClientMemory } from './memory.js';

type Attempt = Pick<Control<'work'>, 'run' | 'round' | 'attempt'>;

export interface Reports {
  /** A report to this attempt is on its way. */
  sent(attempt: Attempt): void;
  acknowledged(ack: Control<'ack'>): void;
  committed(commit: Control<'commit'>): void;
}

/** What was not heard by now never will be. */
export function forget(memory: ClientMemory, counts: ClientCounts): void {
  counts.unknown += memory.awaited?.accepted ?? 0;
  memory.awaited = null;
}

export function createReports(
  memory: ClientMemory,
  counts: ClientCounts,
  { onAck, onCommit }: Pick<ClientOptions, 'onAck' | 'onCommit'>,
  logger: () => ClientLogger,
): Reports {
  const isAwaited = ({ run, round, attempt }: Attempt): boolean =>
    memory.awaited?.run === run && memory.awaited.round === round && memory.awaited.attempt === attempt;

  /** The user's function is none of the conversation's business. */
  function tell<E>(listener: ((event: E) => void) | undefined, event: E): void {
    try {
      listener?.(event);
    } catch (error) {
      logger().error({ err: error }, 'a listener of the client threw');
    }
  }

  return {
    sent({ run, round, attempt }) {
      if (isAwaited({ run, round, attempt })) return;
      forget(memory, counts); // another attempt: of the one before nothing comes any more
      memory.awaited = { run, round, attempt, accepted: 0 };
    },
    acknowledged(ack) {
      // By now its frames are made, and hold copies of it.
      memory.update?.outcome.then(({ update }) => update && bodyMemory.spent(update)).catch(() => {});
      memory.update = null;
      const { run, round, attempt, phase, status, code, reason } = ack;
      if (status !== 'accepted') {
        counts[status]++;
        logger().warn(
          { round, attempt, phase, code, reason },
          `update ${status === 'rejected' ? 'refused' : status}`,
        );
      } else {
        if (isAwaited(ack)) memory.awaited!.accepted++;
        logger().debug({ round, attempt, phase }, 'update accepted, for now');
      }
      const why = { ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) };
      tell(onAck, { client: memory.name!, run, round, attempt, phase, status, ...why });
    },
    committed(commit) {
      if (!isAwaited(commit)) return; // heard before
      const { run, round, attempt, status, counted } = commit;
      const { accepted } = memory.awaited!;
      const { pending } = memory;
      if (counted.length > 0 && pending?.run === run && pending.round === round) {
        memory.counted.set(run, pending.id);
      }
      memory.awaited = null;
      counts.accepted += counted.length;
      // An acknowledgement may have been lost in a cut, so that more count than were known to be accepted.
      const lost = Math.max(0, accepted - counted.length);
      counts[status === 'unknown' ? 'unknown' : 'abandoned'] += lost;
      logger().debug({ round, attempt, counted }, `round ${status}`);
      tell(onCommit, { client: memory.name!, run, round, attempt, status, counted });
    },
  };
}
