// Several observers as one: each is told in turn, and waited for.
import type { RunObserver } from './run-events.js';

export function allObservers(observers: readonly RunObserver[]): RunObserver {
  return {
    async started(start) {
      for (const observer of observers) await observer.started?.(start);
    },
    async ready(openingMs) {
      for (const observer of observers) await observer.ready?.(openingMs);
    },
    async round(line) {
      for (const observer of observers) await observer.round?.(line);
    },
    async failedRound(line) {
      for (const observer of observers) await observer.failedRound?.(line);
    },
    ...(observers.some(({ record }) => record !== undefined) && {
      async record(line) {
        for (const observer of observers) await observer.record?.(line);
      },
    }),
    async finished(summary) {
      for (const observer of observers) await observer.finished?.(summary);
    },
    async failed(error) {
      for (const observer of observers) await observer.failed?.(error);
    },
  };
}
