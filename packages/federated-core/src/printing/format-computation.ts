// Prints a traced computation as a readable tree: one line an intrinsic, named and typed, in the order in which
// values are needed. Zips and fields are written in place.
import { type Expression, postorder } from '../expression/expression.js';
import type { FederatedComputation } from '../expression/federated-computation.js';
import { federatedZipDefinition } from '../intrinsics/federated-zip.js';
import { formatType } from '../types/format.js';
import { structEntries } from '../types/types.js';
import { formatTensor } from './format-tensor.js';

/** `name(parameters) -> result`, then a line for each step, then what is returned. */
export function formatComputation(computation: FederatedComputation): string {
  const names = new Map<Expression, string>();
  const lines: string[] = [];
  for (const expression of postorder(computation.body)) {
    if (!isNamed(expression)) continue;
    const text = write(expression, names, true);
    names.set(expression, `v${names.size + 1}`);
    lines.push(`  ${names.get(expression)}: ${formatType(expression.type)} = ${text}`);
  }
  const parameters = computation.parameters.map(({ name, type }) => `${name ?? '_'}: ${formatType(type)}`);
  const head = `${computation.name}(${parameters.join(', ')}) -> ${formatType(computation.type.result)}`;
  return [head, ...lines, `  return ${write(computation.body, names, false)}`, ''].join('\n');
}

/** Whether an expression has a line of its own. */
function isNamed(expression: Expression): boolean {
  if (expression.kind === 'call') return true;
  return expression.kind === 'intrinsic' && expression.intrinsic !== federatedZipDefinition.name;
}

function write(expression: Expression, names: ReadonlyMap<Expression, string>, here: boolean): string {
  const name = here ? undefined : names.get(expression);
  if (name !== undefined) return name;
  const each = (parts: readonly Expression[]): readonly string[] =>
    parts.map((part) => write(part, names, false));
  switch (expression.kind) {
    case 'parameter':
      return expression.name ?? '_';
    case 'literal':
      return expression.leaves.length === 1
        ? formatTensor(expression.leaves[0]!)
        : `<${expression.leaves.map(formatTensor).join(', ')}>`;
    case 'local':
      return expression.computation.name;
    case 'struct':
      return writeFields(
        structEntries(expression.type).map(([field]) => field),
        each(expression.elements),
      );
    case 'selection': {
      const { type } = expression.source;
      const owner = type.kind === 'federated' ? type.member : type;
      const field = owner.kind === 'struct' ? structEntries(owner)[expression.index]?.[0] : null;
      const source = write(expression.source, names, false);
      return field === null || field === undefined ? `${source}[${expression.index}]` : `${source}.${field}`;
    }
    case 'call':
      return `${expression.computation.name}(${each(expression.arguments).join(', ')})`;
    case 'intrinsic': {
      const { settings } = expression;
      if (expression.intrinsic === federatedZipDefinition.name) {
        const fields = settings.names ?? expression.arguments.map(() => null);
        return writeFields(fields, each(expression.arguments));
      }
      const extras = [
        ...Object.entries(settings.numbers ?? {}).map(([key, value]) => `${key}=${value}`),
        ...(settings.placement === undefined ? [] : [settings.placement]),
        ...(settings.ifEmpty === undefined
          ? []
          : [`ifEmpty=${settings.ifEmpty.map(formatTensor).join(', ')}`]),
      ];
      return `${expression.intrinsic}(${[...each(expression.arguments), ...extras].join(', ')})`;
    }
  }
}

function writeFields(names: readonly (string | null)[], parts: readonly string[]): string {
  return `<${parts.map((part, index) => (names[index] === null || names[index] === undefined ? part : `${names[index]}=${part}`)).join(', ')}>`;
}
