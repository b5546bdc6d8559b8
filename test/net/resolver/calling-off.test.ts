import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { StubResolver } from '../../../src/net/resolver/stub-resolver.ts';
import { unavailable } from '../../support/peers-available.ts';
import { type Entry, serveNames } from './name-server.ts';
import { failing } from './failing.ts';

const both = [4, 6] as const;
const good: Entry = { a: ['192.0.2.1'], aaaa: [1] };

const descriptors = (): number => readdirSync('/proc/self/fd').length;

test('500 names that nobody answers do not delay others, and leave nothing when they are called off', async (t) => {
  if (process.platform !== 'linux') return unavailable(t, 'needs /proc');
  const server = await serveNames(t, (name) => (name.startsWith('dead') ? 'silent' : good));
  const resolver = new StubResolver({ servers: [server.address], timeout: 5000, attempts: 10 });
  const before = descriptors();
  const controller = new AbortController();
  let ended = 0;
  const waitForDead = async (index: number): Promise<void> => {
    const message = new RegExp(`while the name server ${server.address} was asked for dead${index}\\.test$`);
    await assert.rejects(resolver.lookup(`dead${index}.test`, both, controller.signal), failing('timeout', message));
    ended += 1;
  };
  const dead: Promise<void>[] = [];
  while (dead.length < 500) {
    // Not all at once, which would be more than the server's socket takes.
    for (let count = 0; count < 50; count++) dead.push(waitForDead(dead.length));
    await server.asked(2 * dead.length);
  }
  assert.equal(descriptors(), before + 500);
  for (let index = 0; index < 50; index++) {
    const addresses = await resolver.lookup(`good${index}.test`, both, new AbortController().signal);
    assert.equal(addresses.length, 2);
  }
  assert.equal(ended, 0);
  controller.abort('timeout');
  assert.equal(descriptors(), before);
  await Promise.all(dead);
  assert.equal(ended, 500);
});

test('a name that is called off already is not asked for', async (t) => {
  const server = await serveNames(t, () => good);
  const resolver = new StubResolver({ servers: [server.address] });
  const lookup = resolver.lookup('a.test', both, AbortSignal.abort('cancelled'));
  await assert.rejects(lookup, failing('cancelled'));
  assert.deepEqual(server.takeQuestions(), []);
});
