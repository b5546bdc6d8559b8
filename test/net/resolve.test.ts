import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressHash, type NameResolver, resolve, type ResolvedAddress } from '../../src/net/resolve.ts';
import type { IpPolicy } from '../../src/net/settings.ts';
import { failing } from './resolver/failing.ts';

const never = new AbortController().signal;
const v4 = { address: '192.0.2.1', family: 4 } as const;
const v4b = { address: '192.0.2.2', family: 4 } as const;
const v6 = { address: '2001:db8::1', family: 6 } as const;
const unused: NameResolver = { lookup: () => assert.fail('no name is looked up') };

const policy = (preferred: IpPolicy['preferred'], fallback: boolean): IpPolicy => ({ preferred, fallback });
const policies = {
  'ip6, else ip4': policy('ip6', true),
  'ip6 only': policy('ip6', false),
  'ip4, else ip6': policy('ip4', true),
  'ip4 only': policy('ip4', false),
};
type PolicyName = keyof typeof policies;

const literals: readonly (readonly [host: string, policy: PolicyName, address: string | undefined, family?: 4 | 6])[] =
  [
    ['192.0.2.1', 'ip4 only', '192.0.2.1', 4],
    ['192.0.2.1', 'ip6, else ip4', '192.0.2.1', 4],
    ['192.0.2.1', 'ip6 only', undefined],
    ['2001:db8::1', 'ip6 only', '2001:db8::1', 6],
    ['2001:db8::1', 'ip4, else ip6', '2001:db8::1', 6],
    ['2001:db8::1', 'ip4 only', undefined],
    ['fe80::1%lo', 'ip6 only', 'fe80::1%lo', 6],
    ['::', 'ip6 only', '::', 6],
    ['::ffff:192.0.2.1', 'ip4 only', '192.0.2.1', 4],
    ['::ffff:c000:201', 'ip4 only', '192.0.2.1', 4],
    ['0:0:0:0:0:FFFF:192.0.2.1', 'ip6, else ip4', '192.0.2.1', 4],
    ['::ffff:192.0.2.1', 'ip6 only', undefined],
    ['::192.0.2.1', 'ip6 only', '::192.0.2.1', 6],
    ['64:ff9b::192.0.2.1', 'ip6 only', '64:ff9b::192.0.2.1', 6],
    ['127.1', 'ip4 only', '127.0.0.1', 4],
    ['127.1', 'ip6 only', undefined],
  ];

for (const [host, name, address, family] of literals) {
  test(`the address ${host} by the policy ${name}: ${address ?? 'none'}`, async () => {
    const chosen = resolve(host, policies[name], unused, never);
    if (address === undefined) await assert.rejects(chosen, failing('no_address'));
    else assert.deepEqual(await chosen, { address, family });
  });
}

const names: readonly (readonly [
  addresses: readonly ResolvedAddress[],
  policy: PolicyName,
  chosen: object | undefined,
])[] = [
  [[v4, v6], 'ip6, else ip4', v6],
  [[v4, v6], 'ip4, else ip6', v4],
  [[v4b, v4], 'ip6, else ip4', v4b],
  [[v4b, v4], 'ip4 only', v4b],
  [[v6], 'ip4, else ip6', v6],
  [[v6], 'ip6 only', v6],
  [[], 'ip6, else ip4', undefined],
  [[], 'ip4 only', undefined],
];

for (const [addresses, name, chosen] of names) {
  const listed = addresses.map(({ address }) => address).join(' and ');
  test(`a name with ${listed || 'no address'} by the policy ${name}`, async () => {
    const resolver: NameResolver = {
      lookup: async (host, families, signal) => {
        assert.deepEqual([host, signal], ['a.test', never]);
        assert.deepEqual(families, name.endsWith('only') ? [policies[name].preferred === 'ip4' ? 4 : 6] : [4, 6]);
        return addresses;
      },
    };
    const found = resolve('a.test', policies[name], resolver, never);
    if (chosen === undefined) await assert.rejects(found, failing('no_address', /a\.test has no/));
    else assert.deepEqual(await found, chosen);
  });
}

test('a target without a host is none', async () => {
  await assert.rejects(resolve('', policies['ip6, else ip4'], unused, never), failing('bad_target'));
});

const hashed: readonly (readonly [address: string, family: 4 | 6, bytes: readonly number[]])[] = [
  ['127.0.0.1', 4, [127, 0, 0, 1]],
  ['255.255.255.255', 4, [255, 255, 255, 255]],
  ['::1', 6, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['2001:db8::192.0.2.33', 6, [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33]],
];

for (const [address, family, bytes] of hashed) {
  test(`the hash of ${address} is that of its bytes`, () => {
    assert.equal(addressHash({ address, family }), fnv1a(bytes));
  });
}

test('the hash of an address does not depend on how it is written', () => {
  const written = ['2001:db8::192.0.2.33', '2001:0DB8:0:0:0:0:c000:221', '2001:db8::c000:221%eth0'];
  const hashes = written.map((address) => addressHash({ address, family: 6 }));
  assert.equal(new Set(hashes).size, 1);
});

function fnv1a(bytes: readonly number[]): number {
  return Number(bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 16_777_619n) % 2n ** 32n, 2_166_136_261n));
}
