import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readResolver } from '../../src/config/resolver.ts';
import { StubResolver } from '../../src/net/resolver/stub-resolver.ts';
import { systemResolver } from '../../src/net/resolver/system-resolver.ts';
import { mistakesIn, readYaml } from './read-yaml.ts';

test('resolver: {system: true} is that of the system, a section that says nothing that of all modules', () => {
  assert.equal(readYaml('{system: true}', readResolver), systemResolver);
  for (const empty of ['{}', '{system: false, cache: false}']) {
    assert.equal(readYaml(empty, readResolver), undefined);
  }
});

for (const own of [
  '{servers: [10.0.0.2, "10.0.0.2:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353"]}',
  '{timeout: 5s}',
  '{attempts: 10}',
  '{cache: true}',
]) {
  test(`resolver: ${own} is the module's own`, () => {
    assert.ok(readYaml(own, readResolver) instanceof StubResolver);
  });
}

const notAnAddress = 'is no IP address, nor one with a port ([address]:port for IPv6)';
const refused: readonly (readonly [yaml: string, ...mistakes: string[]])[] = [
  ['{servers: []}', '1:11: servers: must name a server'],
  ['{servers: [dns.test]}', `1:11: servers: "dns.test" ${notAnAddress}`],
  ['{servers: ["2001:db8::1:5353:x"]}', `1:11: servers: "2001:db8::1:5353:x" ${notAnAddress}`],
  ['{servers: ["10.0.0.2:0"]}', '1:11: servers: "10.0.0.2:0" has a port that is none from 1 to 65535'],
  ['{servers: ["10.0.0.2:65536"]}', '1:11: servers: "10.0.0.2:65536" has a port that is none from 1 to 65535'],
  ['{servers: ["fe80::1%lo"]}', '1:11: servers: "fe80::1%lo" has a zone: name servers with one are not supported'],
  ['{timeout: 0s}', '1:11: timeout: must be more than 0, and at most 5s: more attempts wait longer'],
  ['{timeout: 6s}', '1:11: timeout: must be more than 0, and at most 5s: more attempts wait longer'],
  ['{attempts: 0}', '1:12: attempts: must be from 1 to 10, not 0'],
  ['{system: true, cache: true}', '1:23: cache: the system decides it: leave this out, or system'],
  ['{server: [10.0.0.2]}', '1:2: server: did you mean servers?'],
];

for (const [yaml, ...mistakes] of refused) {
  test(`resolver: ${yaml} is refused`, () => assert.deepEqual(mistakesIn(yaml, readResolver), mistakes));
}
