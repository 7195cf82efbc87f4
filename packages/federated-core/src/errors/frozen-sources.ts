// What gives something else at each call: random numbers and the clock. A body is traced once, so that what it takes
// from them would stay the same in every round and on every client.
import { isThrownByUser } from './stack-frames.js';

/** What stands for a source; its caller is told by the stack. */
type Asked = (...given: never[]) => unknown;

/** Methods by the names that a user calls them; web APIs, which not every engine has, are loaded where first read. */
function methods(): readonly (readonly [name: string, object: object | undefined])[] {
  const { performance, crypto } = globalThis as unknown as Readonly<Record<string, object | undefined>>;
  return [
    ['Date.now', Date],
    ['performance.now', performance],
    ['crypto.getRandomValues', crypto],
    ['crypto.randomUUID', crypto],
  ];
}

/**
 * What `body` gives. Where the user's own code asks the clock or crypto meanwhile, or any code Math.random, throws what
 * `refuse` makes of the source, such as `Date.now`, unless that is null. Packages may ask the clock: a logger puts down
 * the time.
 */
export function withoutFrozenSources<T>(refuse: (source: string) => Error | null, body: () => T): T {
  const check = (source: string): void => {
    const error = refuse(source);
    if (error !== null) throw error;
  };
  const checkUser = (source: string, asked: Asked): void => {
    if (isAskedByUser(asked)) check(source);
  };
  const undo = methods().map(([name, object]) => withoutMethod(name, object, checkUser));
  undo.push(replaced(globalThis, 'Date', clockWithout(checkUser)));
  const { random } = Math;
  undo.push(
    replaced(Math, 'random', () => {
      check('Math.random');
      return random();
    }),
  );
  try {
    return body();
  } finally {
    for (const each of undo.reverse()) each();
  }
}

type CheckUser = (source: string, asked: Asked) => void;

/** Lets a method check who asks; gives what puts it back. */
function withoutMethod(name: string, object: object | undefined, checkUser: CheckUser): () => void {
  const method = name.split('.')[1] as string;
  const usual = (object as Readonly<Record<string, unknown>> | undefined)?.[method];
  if (object === undefined || typeof usual !== 'function') return () => {};
  return replaced(object, method, function asked(...given: never[]): unknown {
    checkUser(name, asked);
    return usual.apply(object, given);
  });
}

/** `Date`, which checks who asks for the time; a date of given numbers is what it always is. */
function clockWithout(checkUser: CheckUser): DateConstructor {
  const clock: DateConstructor = new Proxy(Date, {
    construct: function asked(target, given, newTarget): object {
      if (given.length === 0) checkUser('new Date', asked);
      return Reflect.construct(target, given, newTarget === clock ? target : newTarget) as object;
    },
  });
  return clock;
}

/** Replaces a property, where the engine lets it; gives what puts it back. */
function replaced(object: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  const isReplaced = Reflect.defineProperty(object, name, { configurable: true, writable: true, value });
  if (!isReplaced) return () => {};
  return () => {
    if (before === undefined) Reflect.deleteProperty(object, name);
    else Object.defineProperty(object, name, before);
  };
}

/** Whether the caller of `asked` is code of the user's; false where the engine does not tell. */
function isAskedByUser(asked: Asked): boolean {
  const { captureStackTrace } = Error as { captureStackTrace?: (error: Error, from: unknown) => void };
  if (captureStackTrace === undefined) return false;
  const error = new Error();
  captureStackTrace(error, asked);
  return isThrownByUser(error);
}
