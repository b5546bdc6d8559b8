import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyBypass } from '../../src/net/proxy-bypass.ts';

/** A list, the targets that it covers, and those that it does not. */
const rows: readonly (readonly [list: string, covered: readonly string[], others: readonly string[]])[] = [
  [
    '',
    ['localhost 80', 'LOCALHOST 80', '127.0.0.1 80', '127.8.9.1 80', '::1 443'],
    ['example.com 80', '10.0.0.1 80', '::2 80'],
  ],
  ['*', ['example.com 80', '10.0.0.1 443', '2001:db8::1 80'], []],
  ['a.test,*', ['example.com 80'], []],
  [
    'example.com',
    ['example.com 80', 'EXAMPLE.com 80', 'a.example.com 80', 'a.b.example.com 443'],
    ['notexample.com 80', 'example.com.test 80', 'com 80'],
  ],
  ['.example.com', ['a.example.com 80', 'a.b.example.com 80'], ['example.com 80', 'aexample.com 80']],
  ['*.example.com', ['a.example.com 80'], ['example.com 80']],
  ['Example.COM', ['example.com 80'], []],
  ['example.com:8080', ['example.com 8080', 'a.example.com 8080'], ['example.com 80']],
  ['.example.com:8080', ['a.example.com 8080'], ['a.example.com 80', 'example.com 8080']],
  ['bücher.test', ['xn--bcher-kva.test 80'], ['bucher.test 80']],
  [' a.test , b.test ,', ['a.test 80', 'b.test 80'], ['c.test 80']],
  ['10.0.0.1', ['10.0.0.1 80'], ['10.0.0.2 80', '10.0.0.10 80']],
  ['10.0.0.1:8080', ['10.0.0.1 8080'], ['10.0.0.1 80']],
  ['10.0.0.0/8', ['10.0.0.1 80', '10.255.0.1 443'], ['11.0.0.1 80', 'example.com 80']],
  ['10.1.2.3/16', ['10.1.255.255 80'], ['10.2.0.0 80']],
  ['2001:db8::/32', ['2001:db8::1 80', '2001:db8:ffff::1 80'], ['2001:db9::1 80', '10.0.0.1 80']],
  ['2001:db8::1', ['2001:db8::1 80', '2001:db8:0::1 80'], ['2001:db8::2 80']],
  ['[2001:db8::1]:8080', ['2001:db8::1 8080'], ['2001:db8::1 80']],
  ['10.0.0.0/33,:80,,.', [], ['10.0.0.1 80', 'example.com 80']],
];

for (const [list, covered, others] of rows) {
  test(`a list of exceptions ${JSON.stringify(list)} covers what it names`, () => {
    const bypass = new ProxyBypass(list);
    const isCovered = (target: string): boolean => {
      const [host = '', port] = target.split(' ');
      return bypass.covers(host, Number(port));
    };
    assert.deepEqual(
      covered.filter((target) => !isCovered(target)),
      [],
    );
    assert.deepEqual(others.filter(isCovered), []);
  });
}
