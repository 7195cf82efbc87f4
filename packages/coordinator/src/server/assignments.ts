// What the clients of a session are asked: the cohort of the phase at hand, or single clients by themselves; and who
// answers reports that come late.
import type { ControlMessage } from '@starling/wire';
import type { Reports, Task } from './task.js';

export interface Assignments {
  /** What a client is asked, if anything is. */
  taskOf(client: string): Task | null;
  /** What answers a report of the client: that of the latest task, also when it is over. `null` before the first. */
  reportsOf(client: string): Reports | null;
  /** Whether a message is of the update that the client is asked for. */
  isAskedFor(client: string, message: ControlMessage): boolean;
  /** The phase that is being gathered; `null` between phases. */
  assign(task: Task | null): void;
  /** What one client is asked by itself; `null` once that is over. */
  assignTo(client: string, task: Task | null): void;
}

export function createAssignments(): Assignments {
  let phase: Task | null = null;
  let ofPhase: Reports | null = null;
  const own = new Map<string, Task>();
  const ownReports = new Map<string, Reports>();
  const taskOf = (client: string): Task | null => own.get(client) ?? phase;
  return {
    taskOf,
    reportsOf: (client) => ownReports.get(client) ?? ofPhase,
    isAskedFor(client, { type, control }) {
      const task = taskOf(client);
      return (
        type === 'update' &&
        task !== null &&
        control.run === task.run &&
        control.round === task.round &&
        control.attempt === task.attempt &&
        control.phase === task.phase &&
        control.broadcast === task.base
      );
    },
    assign(task) {
      phase = task;
      if (task === null) return;
      ofPhase = task.gathering;
      ownReports.clear();
    },
    assignTo(client, task) {
      if (task === null) {
        own.delete(client);
        return;
      }
      own.set(client, task);
      ownReports.set(client, task.gathering);
    },
  };
}
