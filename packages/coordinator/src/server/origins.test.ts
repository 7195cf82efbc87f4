import { expect, test } from 'vitest';
import { originFault } from './origins.js';

const lab = ['https://lab.example'];

test.each<[string, Record<string, string>, string, readonly string[], string | null]>([
  ['a client without an origin', { host: '127.0.0.1:7700' }, '127.0.0.1', [], null],
  [
    'a page of anyone',
    { host: '127.0.0.1:7700', origin: 'https://evil.example' },
    '127.0.0.1',
    [],
    'foreign-origin',
  ],
  ['a page without a name', { host: '127.0.0.1:7700', origin: 'null' }, '127.0.0.1', [], 'foreign-origin'],
  [
    'a page of an allowed origin',
    { host: '127.0.0.1:7700', origin: 'https://lab.example' },
    '127.0.0.1',
    lab,
    null,
  ],
  [
    'one that begins like it',
    { host: 'x', origin: 'https://lab.example.evil' },
    '0.0.0.0',
    lab,
    'foreign-origin',
  ],
  ['one of another scheme', { host: 'x', origin: 'http://lab.example' }, '0.0.0.0', lab, 'foreign-origin'],
  ['any page, where all may', { host: 'x', origin: 'https://evil.example' }, '127.0.0.1', ['*'], null],
  ['the server itself', { host: '127.0.0.1:7700', origin: 'http://127.0.0.1:7700' }, '127.0.0.1', [], null],
  ['IPv6', { host: '[::1]:7700', origin: 'http://[::1]:7700' }, '::1', [], null],
  [
    'another port here',
    { host: '127.0.0.1:7700', origin: 'http://127.0.0.1:80' },
    '127.0.0.1',
    [],
    'foreign-origin',
  ],
  [
    'a name pointed here',
    { host: 'evil.example:7700', origin: 'http://evil.example:7700' },
    '127.0.0.1',
    [],
    'foreign-origin',
  ],
  ['the same, without origin', { host: 'evil.example:7700' }, '127.0.0.1', [], 'foreign-host'],
  ['no host at all', {}, '127.0.0.1', [], 'foreign-host'],
  ['a container by its name', { host: 'coordinator:7700' }, '0.0.0.0', [], null],
  [
    'a name pointed at all of it',
    { host: 'evil.example', origin: 'http://evil.example' },
    '0.0.0.0',
    [],
    'foreign-origin',
  ],
  ['a proxy’s name on loopback', { host: 'lab.example' }, '127.0.0.1', lab, null],
])('`originFault` answers %s', (_, headers, host, allowed, reason) => {
  expect(originFault({ headers }, { host, allowed })?.reason ?? null).toBe(reason);
});
