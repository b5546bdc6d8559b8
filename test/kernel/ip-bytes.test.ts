import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipBytes, ipZone } from '../../src/kernel/ip-bytes.ts';

const addresses: readonly (readonly [text: string, hex: string])[] = [
  ['127.0.0.1', '00000000000000000000ffff7f000001'],
  ['255.254.0.9', '00000000000000000000fffffffe0009'],
  ['::ffff:10.1.2.3', '00000000000000000000ffff0a010203'],
  ['::ffff:a01:203', '00000000000000000000ffff0a010203'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['1::', '00010000000000000000000000000000'],
  ['2001:db8::8:800:200c:417a', '20010db80000000000080800200c417a'],
  ['2001:DB8:0:0:8:800:200C:417A', '20010db80000000000080800200c417a'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
  ['::2:3:4:5:6:7:8', '00000002000300040005000600070008'],
  ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304'],
  ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
];

for (const [text, hex] of addresses) {
  test(`${text} is ${hex}`, () => {
    assert.equal(Buffer.from(ipBytes(text) ?? []).toString('hex'), hex);
  });
}

for (const text of ['', 'localhost', '1.2.3', '1.2.3.256', '1:2', '1:2:3:4:5:6:7:8:9', ':::', '127.0.0.1:80']) {
  test(`'${text}' is no address`, () => {
    assert.equal(ipBytes(text), undefined);
  });
}

test('the zone of an address is what follows the percent sign', () => {
  assert.equal(ipZone('fe80::1%eth0'), 'eth0');
  assert.equal(ipZone('fe80::1'), undefined);
});
