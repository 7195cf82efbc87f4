// Data that is being read: a promise, which says so to those who take it for the data, as they do who forget to await.
import { kinds, optionError, refuseMethods } from '@starling/federated-core/plan';
import type { ClientData } from '@starling/population';

const METHODS: readonly (keyof ClientData)[] = [
  'rows',
  'clientIds',
  'filter',
  'take',
  'splitClients',
  'splitRows',
  'select',
  'map',
  'moments',
  'standardize',
  'pooled',
  'load',
];

/** What `read` gives, if there is a path. Until it is there, its methods throw a `RangeError` that says to await. */
export function reading(
  { path }: { readonly path: unknown },
  read: () => Promise<ClientData>,
): Promise<ClientData> {
  kinds.text('Cannot read data', 'path', path);
  const data = read();
  const sentences = Object.fromEntries(METHODS.map((method) => [method, 'Await the reader: await read…(…)']));
  refuseMethods(data, sentences, (method, sentence) => {
    data.catch(() => {}); // what is to be said is that nobody awaits
    return optionError(
      `Cannot call ${method} on data that is still being read: need client data, got a Promise. ${sentence}`,
    );
  });
  return data;
}
