// What main lets all workers read: the broadcast of each phase, and the slices of the phase at hand, in shared memory.
// Workers are told where it is, and again only when it has moved.
import type { Leaves } from '@starling/plan/runner';
import { byteLength, fitsLeaves, place, shareLike, writeLeaves } from './memory/shared-leaves.js';
import type { Command } from './workers/messages.js';

export class Publication {
  /** By phase: the broadcast, and how often it was written. */
  private readonly broadcasts: Leaves[] = [];
  private readonly turns: number[] = [];
  private slices: Leaves = [];
  private sliceMemory = new SharedArrayBuffer(0);

  /** `tellAll` sends a command to every worker there is. */
  constructor(private readonly tellAll: (command: Command) => void) {}

  /** Writes the broadcast of a phase, to new memory only where it does not fit. */
  publish(phase: number, leaves: Leaves): void {
    const before = this.broadcasts[phase] ?? [];
    const fits = fitsLeaves(before, leaves);
    this.broadcasts[phase] = writeLeaves(fits ? before : shareLike(leaves), leaves);
    this.turns[phase] = this.turn(phase) + 1;
    if (!fits) this.tellAll(this.broadcastMemory(phase));
  }

  /** Slices are there once, whichever client asked for them; no lane of an earlier phase reads the memory any more. */
  publishSlices(leaves: Leaves): void {
    const bytes = byteLength(leaves);
    if (bytes > this.sliceMemory.byteLength) this.sliceMemory = new SharedArrayBuffer(2 * bytes);
    this.slices = writeLeaves(place(leaves, this.sliceMemory), leaves);
    this.tellAll({ kind: 'slices', leaves: this.slices });
  }

  /** A new number says that the phase's broadcast has changed. */
  turn(phase: number): number {
    return this.turns[phase] ?? 0;
  }

  /** What a worker that starts late must be told. */
  soFar(): readonly Command[] {
    const broadcasts = this.broadcasts.flatMap((_, phase) => [this.broadcastMemory(phase)]);
    return this.slices.length === 0 ? broadcasts : [...broadcasts, { kind: 'slices', leaves: this.slices }];
  }

  private broadcastMemory(phase: number): Command {
    return { kind: 'broadcast-memory', phase, leaves: this.broadcasts[phase]! };
  }
}
