// Clients in a process of their own, as `starling client --range` runs them: `node product-clients.js URL FROM TO
// LOAD`.
import { startClients } from '@starling/client';
import { type SocketLoad, steppers } from './socket-work.js';

const [url, from, to, load] = process.argv.slice(2);
const { clients } = JSON.parse(load!) as SocketLoad;
// The pipe closes with the process that made it, however that one ends.
process.stdin.resume().once('close', () => process.exit());

const { finished } = await startClients({
  url: url!,
  population: steppers(clients),
  clients: Array.from({ length: Number(to) - Number(from) }, (_, index) => Number(from) + index),
});
await finished;
process.exit();
