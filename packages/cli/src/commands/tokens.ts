// `starling tokens issue|revoke|list <file>`: a token for each client, of which the file keeps the hashes. A
// coordinator with `--client-tokens` reads it again when it changes.
import type { Command } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { printLine } from '../output/print.js';
import { example } from './options.js';

export function addTokensCommand(program: Command): void {
  const tokens = program
    .command('tokens')
    .description('issue, list and revoke a token for each client')
    .addHelpText('after', example('starling tokens issue tokens.txt mote-1'));
  tokens
    .command('issue')
    .description("print a new token of a client, once, and keep its hash; the client's others stay valid")
    .argument('<file>', 'it is made if there is none')
    .argument('<client>', 'a name of the population')
    .addHelpText('after', example('starling tokens issue tokens.txt mote-1'))
    .action((file: string, client: string) =>
      using(async ({ issueClientToken }) => printLine(issueClientToken(file, client))),
    );
  tokens
    .command('revoke')
    .description('end the tokens of a client')
    .argument('<file>')
    .argument('<client>', 'a name that is in the file')
    .option('--except-newest', 'keep the one that was issued last', false)
    .addHelpText('after', example('starling tokens revoke tokens.txt mote-1 --except-newest'))
    .action((file: string, client: string, { exceptNewest }: { readonly exceptNewest: boolean }) =>
      using(async ({ readClientTokens, revokeClientTokens }) => {
        if (!readClientTokens(file).some((each) => each.client === client)) {
          throw new UsageError(`Cannot revoke tokens: '${file}' has none of '${client}'`);
        }
        const count = revokeClientTokens(file, client, { exceptNewest });
        printLine(`${count} ${count === 1 ? 'token' : 'tokens'} revoked`);
      }),
    );
  tokens
    .command('list')
    .description('print who has a token, and its hash')
    .argument('<file>')
    .addHelpText('after', example('starling tokens list tokens.txt'))
    .action((file: string) =>
      using(async ({ readClientTokens }) => {
        for (const { client, hash } of readClientTokens(file)) printLine(`${hash.slice(0, 12)}  ${client}`);
      }),
    );
}

type Coordinator = typeof import('@starling/coordinator');

/** A fault of the file is the user's to fix. */
async function using(act: (coordinator: Coordinator) => Promise<void>): Promise<void> {
  const { withUsageErrors } = await import('../run/other-run.js');
  await withUsageErrors(async () => act(await import('@starling/coordinator')));
}
