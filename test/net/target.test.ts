import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointText } from '../../src/net/endpoint.ts';
import type { ProbeFailure } from '../../src/net/failure.ts';
import { hostOf, splitHostPort } from '../../src/net/target.ts';

const targets: readonly (readonly [target: string, host: string, port: number])[] = [
  ['a.test:25', 'a.test', 25],
  ['10.0.0.1:0', '10.0.0.1', 0],
  ['[2001:db8::1]:443', '2001:db8::1', 443],
  ['[fe80::1%eth0]:65535', 'fe80::1%eth0', 65_535],
  ['[a.test]:80', 'a.test', 80],
  [':80', '', 80],
  ['[]:80', '', 80],
  ['a.test:0080', 'a.test', 80],
  ['with space:1', 'with space', 1],
];

for (const [target, host, port] of targets) {
  test(`${target} is a host and a port`, () => assert.deepEqual(splitHostPort(target), { host, port }));
}

const refused = [
  '',
  'a.test',
  'a.test:',
  'a.test:http',
  'a.test:65536',
  'a.test:99999999999999999999',
  'a.test:-1',
  'a.test:+1',
  'a.test:1.0',
  'a.test:1e3',
  'a.test:0x50',
  'a.test: 80',
  'a.test:80 ',
  'a.test:80:81',
  '2001:db8::1:443',
  '[2001:db8::1]',
  '[2001:db8::1]443',
  '[2001:db8::1:443',
  '2001:db8::1]:443',
  '[[::1]]:443',
  'http://a.test:80',
  'a.test:80\n',
  'a.test:٣',
];

for (const target of refused) {
  test(`${JSON.stringify(target)} is no host and port`, () => {
    assert.throws(
      () => splitHostPort(target),
      (failure: ProbeFailure) => failure.phase === 'admission' && failure.reason === 'bad_target',
    );
  });
}

test('an endpoint is written as people write it', () => {
  assert.equal(endpointText({ address: '10.0.0.1', family: 4, port: 25 }), '10.0.0.1:25');
  assert.equal(endpointText({ address: '::1', family: 6, port: 443 }), '[::1]:443');
  assert.equal(endpointText({ path: '/run/a.sock' }), '/run/a.sock');
  assert.equal(endpointText({ path: '\0name' }), '@name');
});

const hosts: Readonly<Record<string, readonly string[]>> = {
  'a.test': ['a.test', 'A.Test.', 'a.test:25', 'https://a.test', 'HTTP://user:p@ss@A.test:8080/b?c=d@e'],
  '127.0.0.1': ['127.0.0.1', '127.0.0.1:80', 'wss://127.0.0.1/', '0x7f.1'],
  '::1': ['::1', '[::1]', '[::1]:443', 'http://[0:0::1]:80/', '0:0:0:0:0:0:0:1'],
  'fe80::1%eth0': ['[fe80::1%eth0]:80', 'fe80::1%eth0'],
  'xn--bcher-kva.test': ['bücher.test', 'http://Bücher.test:80/'],
  '/run/a.sock': ['/run/a.sock'],
  'unix:///run/a.sock': ['unix:///run/a.sock'],
  '': ['', ':80', 'http:///x'],
};

for (const [host, written] of Object.entries(hosts)) {
  for (const target of written) test(`the host of ${target} is ${host}`, () => assert.equal(hostOf(target), host));
}
