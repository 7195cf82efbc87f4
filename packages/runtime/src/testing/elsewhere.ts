// A runtime whose clients come, go and answer as a test says, as clients over sockets do: they work in process, and
// each report is held until the test lets it through.
import type { Population } from '@starling/population';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { Runtime, WorkOutcome, WorkRequest } from '../runtime/runtime.js';

export interface Elsewhere {
  readonly runtime: Runtime;
  /** All that was asked, in order. */
  readonly asked: readonly WorkRequest[];
  /** Those that are at work. */
  readonly atWork: readonly WorkRequest[];
  /** Lets the report of a client through; or says that none comes of it. */
  answer(client: number, isLost?: boolean): void;
  tell(client: number, isThere: boolean): void;
}

/** `present`: who is there from the beginning. Calls `onAsk` with each that is asked. */
export function elsewhere(
  present: readonly number[],
  onAsk: (request: WorkRequest) => void = () => {},
): Elsewhere {
  const asked: WorkRequest[] = [];
  const holding = new Map<number, { readonly request: WorkRequest; resolve(isLost: boolean): void }>();
  let tellAll: (client: number, isThere: boolean) => void = () => {};
  return {
    asked,
    get atWork() {
      return [...holding.values()].map(({ request }) => request);
    },
    answer(client, isLost = false) {
      holding.get(client)!.resolve(isLost);
      holding.delete(client);
    },
    tell: (client, isThere) => tellAll(client, isThere),
    runtime: {
      ...inProcessRuntime(),
      name: 'elsewhere',
      async open(plan, population: Population) {
        const session = await inProcessRuntime().open(plan, population);
        return {
          ...session,
          async work(request): Promise<WorkOutcome> {
            asked.push(request);
            const isLost = await new Promise<boolean>((resolve) => {
              holding.set(request.client, { request, resolve });
              onAsk(request);
            });
            if (!isLost) return session.work!(request);
            const client = population.clientId(request.client);
            return { report: { client, status: 'dropped', code: 'left', reason: 'gone' }, update: null };
          },
          present(tell) {
            tellAll = tell;
            for (const client of present) tell(client, true);
          },
          ready: async () => {},
        };
      },
    },
  };
}
