// The clients that do their work while their coordinator is attacked: `node honest-clients.js URL [TOKENS]`, where
// TOKENS is JSON: one token for all, or an array with one for each.
import { startClients } from '@starling/client';
import { createOnnxEngine } from '@starling/compute';
import { sensors } from '../support/drifting-threshold.js';
import { HONEST, PLACES } from './attacked-run.js';

const [url, json] = process.argv.slice(2);
const tokens: string | readonly string[] | null = json === undefined ? null : JSON.parse(json);
const population = sensors(PLACES);
const engine = await createOnnxEngine();
const all = Array.from({ length: HONEST }, (_, index) => index);
/** Clients that come with the same token. */
const groups =
  tokens === null || typeof tokens === 'string'
    ? [{ clients: all, token: tokens }]
    : tokens.map((token, index) => ({ clients: [index], token }));
const running = await Promise.all(
  groups.map(({ clients, token }) =>
    startClients({ url: url!, population, clients, engine, ...(token !== null && { token }) }),
  ),
);
await Promise.all(running.map(({ finished }) => finished));
