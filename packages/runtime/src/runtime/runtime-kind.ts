// The kind of a runtime, for doors that take one.
import { type Check, hasMethods, ofKind } from '@starling/federated-core/plan';

/** The check of a runtime, for tables of options. */
export const runtimeKind: Check = ofKind({
  need: 'a runtime, such as inProcessRuntime() or threadsRuntime()',
  fits: (value) => hasMethods(value, ['open']),
  advice: (value) => {
    if (value === 'threads') return 'Write threadsRuntime()';
    if (value === 'in-process') return 'Write inProcessRuntime()';
    return value === 'websocket' ? 'Write websocketRuntime()' : null;
  },
});
