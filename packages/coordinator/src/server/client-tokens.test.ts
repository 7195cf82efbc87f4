import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  hashToken,
  issueClientToken,
  openClientTokens,
  readClientTokens,
  revokeClientTokens,
} from './client-tokens.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-tokens-'));
  path = join(folder, 'tokens');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** SHA-256 of "foo", as published for many libraries. */
const FOO = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';

describe('openClientTokens', () => {
  test('`openClientTokens` knows a client by its token alone', () => {
    writeFileSync(path, `# those of the lab\n\nmote 1 ${FOO}\n`);
    const tokens = openClientTokens(path);
    expect([tokens.clientOf('foo'), tokens.clientOf('bar'), tokens.clientOf(undefined)]).toEqual([
      'mote 1',
      null,
      null,
    ]);
    expect([tokens.isStill('mote 1', 'foo'), tokens.isStill('mote 2', 'foo')]).toEqual([true, false]);
  });

  test('`openClientTokens` sees what was issued and revoked meanwhile', () => {
    const first = issueClientToken(path, 'mote-1');
    const tokens = openClientTokens(path);
    expect(tokens.refresh()).toBe(false);
    const second = issueClientToken(path, 'mote-1');
    expect(tokens.clientOf(second)).toBeNull();
    expect(tokens.refresh()).toBe(true);
    expect([tokens.clientOf(first), tokens.clientOf(second)]).toEqual(['mote-1', 'mote-1']);
    expect(revokeClientTokens(path, 'mote-1', { exceptNewest: true })).toBe(1);
    tokens.refresh();
    expect([tokens.clientOf(first), tokens.clientOf(second)]).toEqual([null, 'mote-1']);
  });

  test('`openClientTokens` keeps what it knew when the file is no good, and says so once', () => {
    writeFileSync(path, `mote-1 ${FOO}\n`);
    const tokens = openClientTokens(path);
    writeFileSync(path, 'nonsense\n');
    expect(() => tokens.refresh()).toThrow("Cannot read line 1 of '");
    expect(tokens.refresh()).toBe(false);
    expect(tokens.clientOf('foo')).toBe('mote-1');
  });

  test.each([
    ['no hash', 'mote-1\n', 'line 1'],
    ['a hash of another length', `mote-1 ${FOO}00\n`, 'line 1'],
    ['a token of two clients', `a ${FOO}\nb ${FOO}\n`, 'line 2'],
  ])('`openClientTokens` refuses a file with %s', (_, text, where) => {
    writeFileSync(path, text);
    expect(() => openClientTokens(path)).toThrow(where);
  });

  test('`openClientTokens` refuses a file that is not there', () => {
    expect(() => openClientTokens(path)).toThrow(expect.objectContaining({ code: 'bad-token-file' }));
  });
});

describe('issueClientToken', () => {
  test('`issueClientToken` keeps the hash alone, in a file of its owner', () => {
    const token = issueClientToken(path, 'mote-1');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(readFileSync(path, 'utf8')).toBe(`mote-1 ${hashToken(token)}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('`issueClientToken` leaves what is in the file, comments too', () => {
    writeFileSync(path, `# lab\na ${FOO}`);
    issueClientToken(path, 'b');
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^# lab\na ${FOO}\nb [0-9a-f]{64}\n$`));
    expect(readClientTokens(path).map(({ client }) => client)).toEqual(['a', 'b']);
  });

  test.each(['', ' a', 'a\nb', 'x'.repeat(201)])('`issueClientToken` refuses the name %j', (client) => {
    expect(() => issueClientToken(path, client)).toThrow('need a name of 1 to 200 characters');
  });
});

describe('revokeClientTokens', () => {
  test('`revokeClientTokens` takes all of one client, and none of another', () => {
    for (const client of ['a', 'b', 'a']) issueClientToken(path, client);
    expect(revokeClientTokens(path, 'a')).toBe(2);
    expect(readClientTokens(path).map(({ client }) => client)).toEqual(['b']);
    expect(revokeClientTokens(path, 'a')).toBe(0);
  });
});
