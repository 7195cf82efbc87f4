// Holds the small habits that no linter knows: where a test lies, how it is named and skipped, what a package ships,
// and plain text files. The rules are those of CONTRIBUTING.md and .editorconfig.
import { describe, expect, test } from 'vitest';
import { readManifest, readText, rooms, trackedFiles } from './support/repository.js';

const tests = trackedFiles('.test.ts');
const texts = trackedFiles(
  '.ts',
  '.js',
  '.mjs',
  '.json',
  '.md',
  '.yml',
  '.yaml',
  '.py',
  '.toml',
  '.txt',
  '.ci/run',
);

/** The names that a file gives to its tests and groups, with the function that takes each. */
function namesOf(text: string): readonly { readonly by: string; readonly name: string }[] {
  const call = /^[ \t]*(describe|test|it)\b[\w.]*(?:\([^'"`\n]*\))?\(\s*(['"`])((?:\\.|(?!\2)[^\\])+)\2/gm;
  return [...text.matchAll(call)].map(([, by, , name]) => ({ by: by as string, name: name as string }));
}

describe('tests', () => {
  test('lie where a project of vitest.config.ts looks for them', () => {
    expect(tests.length).toBeGreaterThan(0);
    const wrong = tests.filter((path) => !/^(packages\/[^/]+\/src|simulations|test)\//.test(path));
    expect(wrong).toEqual([]);
  });

  test('are never alone: no `.only` is left behind', () => {
    const wrong = tests.filter((path) => /\b(describe|test|it)\.only\b/.test(readText(path)));
    expect(wrong).toEqual([]);
  });

  test('are skipped for want of a tool through `isLeftOut`, or with a reason', () => {
    const wrong = tests.filter((path) => {
      const text = readText(path);
      const isSilent = /\b(describe|test|it)\.(skip|todo|fails)\b|[^.\w]skip\(\s*\)/.test(text);
      return isSilent || (/\.(skipIf|runIf)\(/.test(text) && !text.includes('isLeftOut('));
    });
    expect(wrong).toEqual([]);
  });

  test('say what happens: no name begins with `should` or ends in a full stop', () => {
    const wrong = tests.flatMap((path) =>
      namesOf(readText(path))
        .filter(({ name }) => /^should\b|[^.…]\.$/.test(name))
        .map(({ name }) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('packages', () => {
  const packages = rooms().filter(({ folder }) => folder.startsWith('packages/'));

  test('have one version, and depend on each other by it', () => {
    const { version } = readManifest('.');
    const wrong = rooms().flatMap(({ name, folder }) => {
      const manifest = readManifest(folder);
      const others = Object.entries(manifest.dependencies ?? {}).filter(([other]) =>
        other.startsWith('@starling/'),
      );
      return [[name, manifest.version] as const, ...others]
        .filter(([, found]) => found !== version)
        .map(([other, found]) => `${name}: ${other} ${found}, not ${version}`);
    });
    expect(wrong).toEqual([]);
  });

  test('name their version right where it stands in a source', () => {
    const { version } = readManifest('.');
    const wrong = trackedFiles('.ts').flatMap((path) =>
      [...readText(path).matchAll(/'starling-[a-z]+\/(\d+\.\d+\.\d+)'/g)]
        .filter(([, found]) => found !== version)
        .map(([agent]) => `${path}: ${agent}, not ${version}`),
    );
    expect(wrong).toEqual([]);
  });

  test('ship no tests', () => {
    const wrong = packages.filter(({ folder }) => !readManifest(folder).files?.includes('!dist/**/*.test.*'));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('text files', () => {
  test('end in one newline, without carriage returns, tabs or blanks at the end of a line', () => {
    expect(texts.length).toBeGreaterThan(tests.length);
    const wrong = texts.filter((path) => {
      const text = readText(path);
      return text !== '' && (/\r|\t|[ \u00a0]$/m.test(text) || !/[^\n]\n$/.test(text));
    });
    expect(wrong).toEqual([]);
  });
});

describe('comments', () => {
  test('name only files that are there', () => {
    const all = trackedFiles('.ts', '.js', '.mjs', '.md', '.py');
    const wrong = trackedFiles('.ts').flatMap((path) =>
      readText(path)
        .split('\n')
        .filter((line) => /^\s*(\/\/|\/?\*)/.test(line))
        .flatMap((line) => [...line.matchAll(/(?<![\w./~-])(?:[\w-]+\/)*[\w-][\w.-]*\.(?:ts|py|md)\b/g)])
        .map(([name]) => name)
        .filter((name) => !all.some((file) => file === name || file.endsWith(`/${name}`)))
        .map((name) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('paths', () => {
  /** Files that git tracks, and the folders they are in. */
  const known = new Set(
    trackedFiles('').flatMap((path) => {
      const parts = path.split('/');
      return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    }),
  );

  test('in documents lead to a file or folder that is there', () => {
    const wrong = trackedFiles('.md').flatMap((document) =>
      [...readText(document).matchAll(/`((?:packages|test|docs|simulations)\/[\w./-]+)`/g)]
        .map(([, path]) => path as string)
        .filter((path) => !known.has(path.replace(/\/$/, '')))
        .map((path) => `${document}: ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('in scripts of npm lead to a file or folder that is there, or to what the build makes of one', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { readonly scripts: Record<string, string> };
    const wrong = Object.entries(scripts).flatMap(([name, script]) =>
      [...script.matchAll(/(?:packages|test|simulations)\/[\w./-]+/g)]
        .map(([path]) => path.replace(/\/dist\/(.*)\.js$/, '/$1.ts'))
        .filter((path) => !known.has(path))
        .map((path) => `${name}: ${path}`),
    );
    expect(wrong).toEqual([]);
  });
});
