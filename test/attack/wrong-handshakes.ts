// 10,000 handshakes that are not what they claim: forged tokens, expired ones (revoked while the coordinator runs),
// replayed ones (of another client), and pages of a foreign origin. Each comes from an address of its own, since wrong
// tokens of one are answered ever more slowly.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueClientToken, revokeClientTokens } from '@starling/coordinator';
import { encodeMessage, spokenVersions } from '@starling/wire';
import { atOnce } from './at-once.js';
import { startAttacked } from './attacked-processes.js';
import { HONEST } from './attacked-run.js';
import { openRaw, openWebSocket, rawFrame, type Target, targetOf, upgradeRequest } from './raw-socket.js';

const SOCKETS = 50;
/** The file of tokens is looked at each second. */
const REVOKED_MS = 2500;
const EXPIRED = 'client-900';
const KINDS = ['forged', 'expired', 'replayed', 'foreign'] as const;

export async function sendHandshakes(count: number) {
  const folder = await mkdtemp(join(tmpdir(), 'starling-handshakes-'));
  try {
    return await sendFrom(join(folder, 'tokens.txt'), count);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sendFrom(clientTokens: string, count: number) {
  const own = Array.from({ length: HONEST }, (_, index) => issueClientToken(clientTokens, `client-${index}`));
  const expired = issueClientToken(clientTokens, EXPIRED);
  const attacked = await startAttacked({ clientTokens }, own);
  revokeClientTokens(clientTokens, EXPIRED);
  await new Promise((resolve) => setTimeout(resolve, REVOKED_MS));
  attacked.lines();
  const joins = await attacked.total('starling_joins_total');

  const greet = async (target: Target, client: string, token: string): Promise<void> => {
    const raw = await openWebSocket(target);
    raw.socket.write(rawFrame(encodeMessage('hello', { client, token, versions: spokenVersions })));
    await raw.closed;
  };
  await atOnce(SOCKETS, count, async (index) => {
    const target = { ...targetOf(attacked.url), localAddress: addressOf(index) };
    const kind = KINDS[index % KINDS.length]!;
    if (kind === 'forged') await greet(target, 'client-0', `${own[0]!.slice(0, -4)}${1000 + (index % 9000)}`);
    else if (kind === 'expired') await greet(target, EXPIRED, expired);
    else if (kind === 'replayed') await greet(target, 'client-1', own[0]!);
    else {
      const raw = await openRaw(target);
      raw.socket.write(upgradeRequest(target, ['Origin: https://evil.example']));
      await raw.closed;
    }
  });
  const refused = await attacked.byReason('starling_refused_total');
  const joined = (await attacked.total('starling_joins_total')) - joins;
  const { rounds, faults } = attacked.end();
  const foreign = Math.floor(count / KINDS.length);
  const isCounted = refused['unauthorized'] === count - foreign && refused['foreign-origin'] === foreign;
  return {
    sent: count,
    refused,
    rounds,
    faults: [
      ...faults,
      ...(joined === 0 ? [] : [`${joined} were let in`]),
      ...(isCounted ? [] : ['not all were counted']),
    ],
  };
}

/** All of 127.0.0.0/8 is this machine. */
function addressOf(index: number): string {
  return `127.1.${Math.floor(index / 250) % 250}.${1 + (index % 250)}`;
}
