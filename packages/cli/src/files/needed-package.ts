// What an import needs that finds no package, in words: a package of Starling's is named or offered, any other is to be
// installed.

/** Every package of Starling's that may be installed, by its name after the scope. */
export const STARLING_PACKAGES = [
  'aggregators',
  'analytics',
  'cli',
  'client',
  'compute',
  'coordinator',
  'data',
  'datasets',
  'federated-core',
  'learning',
  'onnx',
  'pipeline',
  'plan',
  'population',
  'rounds',
  'runtime',
  'store',
  'wire',
] as const;

const SCOPE = '@starling/';

/** `specifier` is what a file imports; `isInstalled` says of a package whether it is there, without that entry. */
export function neededPackage(specifier: string, isInstalled: (name: string) => boolean): string {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const isKnown = STARLING_PACKAGES.some((known) => SCOPE + known === name);
  if (name.startsWith(SCOPE) && !isKnown) {
    return `a package of Starling's: ${STARLING_PACKAGES.map((known) => SCOPE + known).join(', ')}; got '${name}'`;
  }
  if (specifier !== name && isInstalled(name)) {
    return `an entry of '${name}', such as '${name}' itself, got '${specifier}'`;
  }
  return `the package '${name}', which it imports, got none: run 'npm install ${name}'`;
}
