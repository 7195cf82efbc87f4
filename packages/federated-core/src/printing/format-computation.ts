// Prints a traced computation as a readable tree: one line an intrinsic, named and typed, in the order in which
// values are needed. Zips and fields are written in place.

import { encodeSettings } from '../aggregations/settings.js';
import { computationKinds } from '../computations/computation-kinds.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { type Expression, postorder } from '../expression/expression.js';
import { federatedZipDefinition } from '../intrinsics/pointwise/federated-zip.js';
import { formatPlaced, formatType, formatTypeIndented } from '../types/format.js';
import { structEntries, type Type } from '../types/types.js';
import { formatTensor } from './format-tensor.js';

/** `name(parameters) -> result`, then a line for each step, then what is returned. */
export function formatComputation(computation: FederatedComputation): string {
  computationKinds.federated('Cannot print a computation', 'what is printed', computation);
  const names = new Map<Expression, string>();
  const taken = new Set(computation.parameters.map(({ name }) => name));
  const lines: string[] = [];
  let count = 0;
  for (const expression of postorder(computation.body)) {
    if (!isNamed(expression)) continue;
    const text = write(expression, names, true);
    do count++;
    while (taken.has(`v${count}`));
    names.set(expression, `v${count}`);
    lines.push(`  ${names.get(expression)}: ${shortType(expression.type)} = ${text}`);
  }
  return [headOf(computation), ...lines, `  return ${writeReturn(computation.body, names)}`, ''].join('\n');
}

/** The widest line of a head or a return, and of a type within a step. */
const WIDE_LINE = 110;
const WIDE_TYPE = 60;

/** What is returned: on one line, or a field a line when it is wide. */
function writeReturn(body: Expression, names: ReadonlyMap<Expression, string>): string {
  const text = write(body, names, false);
  if (text.length <= WIDE_LINE || body.kind !== 'struct') return text;
  const fields = structEntries(body.type).map(([name], index) => {
    const part = write(body.elements[index]!, names, false);
    return `    ${name === null ? part : `${name}=${part}`},`;
  });
  return ['<', ...fields, '  >'].join('\n');
}

/** Name, parameters and result on one line, or a parameter a line with its type broken when it is wide. */
function headOf({ name, parameters, type }: FederatedComputation): string {
  const given = parameters.map((one) => `${one.name ?? '_'}: ${formatType(one.type)}`);
  const head = `${name}(${given.join(', ')}) -> ${formatType(type.result)}`;
  if (head.length <= WIDE_LINE) return head;
  const broken = (one: Type): string => formatTypeIndented(one).replaceAll('\n', '\n  ');
  const lines = parameters.map((one) => `  ${one.name ?? '_'}: ${broken(one.type)},`);
  return [`${name}(`, ...lines, `) -> ${formatTypeIndented(type.result)}`].join('\n');
}

/** A type within a step: a wide struct is known by how many tensors it has. */
function shortType(type: Type): string {
  const text = formatType(type);
  if (text.length <= WIDE_TYPE) return text;
  if (type.kind === 'struct') {
    const fields = structEntries(type).map(
      ([name, one]) => `${name === null ? '' : `${name}=`}${shortType(one)}`,
    );
    return `<${fields.join(',')}>`;
  }
  if (type.kind !== 'federated') return text;
  return formatPlaced(type, `<${tensorCount(type.member)} tensors>`);
}

function tensorCount(type: Type): number {
  if (type.kind === 'sequence') return tensorCount(type.element);
  if (type.kind !== 'struct') return 1;
  return structEntries(type).reduce((count, [, field]) => count + tensorCount(field), 0);
}

/** Whether an expression has its own line. */
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
        ...Object.entries(encodeSettings(settings.numbers ?? {})).map(([key, value]) => `${key}=${value}`),
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
