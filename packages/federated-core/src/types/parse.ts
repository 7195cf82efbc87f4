// Reads types back from the notation that `formatType` prints:
//   type   := atom ('*' | '@' place)*
//   atom   := dtype ('[' dimensions ']')? | label | '<' fields '>' | '{' type '}' '@' place | '(' type? '->' type ')'
//   place  := ('CLIENTS' | 'SERVER') 'revealing'?
// An identifier that is no element type is a type variable. Signatures of intrinsics are written this way.
import { StarlingError } from '../errors/starling-error.js';
import {
  abstractType,
  atClients,
  type DType,
  type FederatedType,
  functionType,
  MAX_TYPE_DEPTH,
  type Placement,
  sequence,
  struct,
  type Type,
  tensorType,
} from './types.js';

const DTYPES: ReadonlySet<string> = new Set<DType>([
  'float32',
  'float64',
  'int32',
  'int64',
  'uint8',
  'bool',
  'string',
]);

/** Parses TFF's notation; throws a `StarlingError` with code `type-syntax` that shows where it stopped. */
export function parseType(text: string): Type {
  const parser = new Parser(text);
  try {
    const type = parser.type();
    parser.end();
    return type;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause; // made by the functions of types.ts
    throw new StarlingError('type-syntax', `Cannot parse the type '${shown(text)}': ${cause.message}`, {
      cause,
    });
  }
}

/** Text in an error: a line of it. */
function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

class Parser {
  private position = 0;
  private depth = 0;
  constructor(private readonly text: string) {}

  type(): Type {
    const outer = this.depth;
    this.descend();
    let type = this.atom();
    for (;;) {
      const isSequence = this.take('*');
      if (!isSequence && !this.take('@')) break;
      this.descend();
      type = isSequence ? sequence(type) : this.placed(type, true);
    }
    this.depth = outer;
    return type;
  }

  private descend(): void {
    if (++this.depth > MAX_TYPE_DEPTH) this.fail(`at most ${MAX_TYPE_DEPTH} levels`);
  }

  end(): void {
    this.skipSpace();
    if (this.position < this.text.length) this.fail('the end of the type');
  }

  private atom(): Type {
    if (this.take('<')) return this.fields();
    if (this.take('{')) {
      const member = this.type();
      this.expect('}');
      this.expect('@');
      return this.placed(member, false);
    }
    if (this.take('(')) {
      const parameter = this.take('->') ? null : this.type();
      if (parameter !== null) this.expect('->');
      const result = this.type();
      this.expect(')');
      return functionType(parameter, result);
    }
    const name = this.identifier();
    if (!DTYPES.has(name)) return abstractType(name);
    return tensorType(name as DType, this.take('[') ? this.dimensions() : []);
  }

  private fields(): Type {
    const named: [string, Type][] = [];
    const positional: Type[] = [];
    if (!this.take('>')) {
      do {
        const start = this.position;
        const name = this.fieldName();
        const type = this.type();
        if (name === null) positional.push(type);
        else named.push([name, type]);
        if (named.length > 0 && positional.length > 0) {
          this.position = start;
          this.fail('either all fields named or none');
        }
      } while (this.take(','));
      this.expect('>');
    }
    if (new Set(named.map(([name]) => name)).size !== named.length) this.fail('distinct field names');
    return named.length > 0 ? struct(Object.fromEntries(named)) : struct(positional);
  }

  private fieldName(): string | null {
    this.skipSpace();
    const match = /^([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(this.text.slice(this.position));
    if (match === null) return null;
    this.position += match[0].length;
    return match[1] as string;
  }

  private dimensions(): (number | null)[] {
    const dimensions: (number | null)[] = [];
    if (this.take(']')) return dimensions;
    do {
      if (this.take('?')) dimensions.push(null);
      else dimensions.push(this.dimension());
    } while (this.take(','));
    this.expect(']');
    return dimensions;
  }

  private dimension(): number {
    const size = Number(this.match(/^[0-9]+/, 'a dimension or ?'));
    if (!Number.isSafeInteger(size)) this.fail(`a dimension of at most ${Number.MAX_SAFE_INTEGER}`);
    return size;
  }

  private placed(member: Type, allEqual: boolean): FederatedType {
    const placement = this.match(/^(CLIENTS|SERVER)\b/, 'CLIENTS or SERVER') as Placement;
    const disclosure = this.takeWord('revealing') ? 'revealing' : 'aggregated';
    return { ...atClients(member), placement, allEqual, disclosure };
  }

  private takeWord(word: string): boolean {
    this.skipSpace();
    if (!new RegExp(`^${word}\\b`).test(this.text.slice(this.position))) return false;
    return this.take(word);
  }

  private identifier(): string {
    return this.match(/^[A-Za-z_][A-Za-z0-9_]*/, 'a type');
  }

  private match(pattern: RegExp, needed: string): string {
    this.skipSpace();
    const match = pattern.exec(this.text.slice(this.position));
    if (match === null) this.fail(needed);
    this.position += match[0].length;
    return match[0];
  }

  private take(token: string): boolean {
    this.skipSpace();
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) this.fail(`'${token}'`);
  }

  private skipSpace(): void {
    while (/\s/.test(this.text[this.position] ?? '')) this.position++;
  }

  private fail(needed: string): never {
    const rest = this.text.slice(this.position);
    throw new StarlingError(
      'type-syntax',
      `Cannot parse the type '${shown(this.text)}': need ${needed} at position ${this.position}, got ${rest === '' ? 'the end' : `'${shown(rest)}'`}`,
    );
  }
}
