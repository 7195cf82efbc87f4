// The clients that do their work while their coordinator is attacked: `node honest-clients.js URL [TOKEN]`.
import { startClients } from '@starling/client';
import { sensors } from '../support/drifting-threshold.js';
import { HONEST, PLACES } from './attacked-run.js';

const [url, token] = process.argv.slice(2);
const { finished } = await startClients({
  url: url!,
  population: sensors(PLACES),
  clients: Array.from({ length: HONEST }, (_, index) => index),
  ...(token !== undefined && { token }),
});
await finished;
