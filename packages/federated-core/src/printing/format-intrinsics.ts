// The reference of intrinsics as Markdown, from the table that checks and runs them: docs/intrinsics.md.
import { constraints } from '../intrinsics/framework/constraints.js';
import type { IntrinsicDefinition } from '../intrinsics/framework/definition.js';
import { intrinsics } from '../intrinsics/intrinsics.js';

const HEAD = `# Intrinsics

The operators that move values between placements: how each is called (\`?\` marks what may be left out), and its
signatures in TFF's notation: \`{T}@CLIENTS\` is a value with each client, \`T@CLIENTS\` the same value with all,
\`T@SERVER\` one at the server, \`T*\` a sequence. What is computed from a \`revealing\` value is revealing too. This page is
printed from the table that checks, compiles and evaluates them (\`packages/federated-core/src/intrinsics/\`); a test keeps
it up to date. [Semantics](semantics.md) says more of the edges.
`;

const SECTIONS: Readonly<Record<IntrinsicDefinition['role'], string>> = {
  pointwise: 'Each place by itself',
  broadcast: 'From the server to the clients',
  select: 'From the server to each client, by keys',
  aggregate: 'From the clients to the server',
};

/** The page, ending in a newline. */
export function formatIntrinsics(): string {
  const sections = Object.entries(SECTIONS).map(([role, title]) => {
    const entries = [...intrinsics.values()].filter((one) => one.role === role).map(formatIntrinsic);
    return `## ${title}\n\n${entries.join('\n')}`;
  });
  return [HEAD, ...sections].join('\n');
}

function formatIntrinsic(definition: IntrinsicDefinition): string {
  const { name, usage, summary, signatures, where = {}, edgeCases } = definition;
  const lines = [
    `### ${name}`,
    '',
    `\`${usage}\``,
    '',
    summary,
    '',
    ...signatures.map((signature) => `    ${signature}`),
  ];
  const needs = Object.entries(where).map(
    ([label, constraint]) => `- \`${label}\` must be ${constraints[constraint].need}.`,
  );
  if ('revealing' in definition && definition.revealing) {
    const seen = definition.role === 'select' ? 'each client’s keys' : 'single clients’ values';
    needs.push(`- Revealing: the server sees ${seen}, and types and plans say so.`);
  }
  if (edgeCases !== undefined) needs.push(`- ${edgeCases}`);
  if (needs.length > 0) lines.push('', ...needs);
  return `${lines.join('\n')}\n`;
}
