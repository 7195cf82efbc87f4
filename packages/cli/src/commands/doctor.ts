// `starling doctor`: what this machine has to run with, and why what is missing is missing.
import type { Command } from 'commander';
import type { Check, CheckStatus } from '../doctor/checks.js';
import { exitCodes } from '../errors/exit-codes.js';
import { printLine } from '../output/print.js';
import { example } from './options.js';

const SIGNS = { ok: '✓', missing: '–', broken: '✗' } as const satisfies Record<CheckStatus, string>;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('show the engines found, what is missing and why, and the machine')
    .addHelpText('after', example('starling doctor'))
    .option('--json', 'one JSON object a line on stdout', false)
    .action(async ({ json }: { json: boolean }) => {
      const { runChecks } = await import('../doctor/checks.js');
      const checks = await runChecks();
      for (const check of checks) printLine(json ? JSON.stringify(check) : describe(check));
      const broken = checks.some(({ status }) => status === 'broken');
      process.exitCode = broken ? exitCodes.failure : exitCodes.success;
    });
}

function describe({ name, status, detail }: Check): string {
  return `${SIGNS[status]} ${name.padEnd(18)} ${detail}`;
}
