import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { createSecureContext, type SecureContext } from 'node:tls';
import { KeyShares } from '../../src/net/key-shares.ts';
import { ProbeFailure } from '../../src/net/failure.ts';
import type { TlsFacts } from '../../src/net/tls.ts';
import { connectTo, trusting } from '../support/connections.ts';
import { valid } from '../support/identities.ts';
import { type Lifetime, type Listening, serveTcp, serveTls } from '../support/servers.ts';

/** Whether this runtime offers ML-KEM: then it makes two shares. */
const several = Number(process.versions.openssl.split('.')[1]) >= 5;
const [x25519, mlKem] = [0x001d, 0x11ec];
const every = several ? [mlKem, x25519] : [x25519];

/** Passes connections on to the port that `to` gives, and writes down the key shares in every first flight. */
function serveWatched(lifetime: Lifetime, to: () => number, hellos: number[][]): Promise<Listening> {
  return serveTcp(lifetime, (front) => {
    const back = net.connect(to(), '127.0.0.1');
    front.once('data', (hello: Buffer) => hellos.push(sharesIn(hello)));
    front.on('error', () => {}).on('close', () => back.destroy());
    back.on('error', () => {}).on('close', () => front.destroy());
    front.pipe(back).pipe(front);
  });
}

/** The groups of the key shares in a ClientHello (RFC 8446 sections 4.1.2 and 4.2.8), within its record. */
function sharesIn(hello: Buffer): number[] {
  let at = 5 + 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at) + 2;
  for (; at < hello.length; at += 4 + hello.readUInt16BE(at + 2)) {
    if (hello.readUInt16BE(at) !== 51) continue;
    const groups: number[] = [];
    const end = at + 4 + hello.readUInt16BE(at + 2);
    for (let share = at + 6; share < end; share += 4 + hello.readUInt16BE(share + 2)) {
      groups.push(hello.readUInt16BE(share));
    }
    return groups;
  }
  return [];
}

test('a server that has no use for ML-KEM is spared its key share until it changes its mind', async (t) => {
  const hellos: number[][] = [];
  let to = 0;
  const { port } = await serveWatched(t, () => to, hellos);
  const probe = async (): Promise<TlsFacts | undefined> => {
    const connection = await connectTo(t, port);
    await connection.startTls({ settings: trusting, host: 'localhost' }).catch((error: unknown) => {
      if (!(error instanceof ProbeFailure)) throw error;
    });
    await connection.close();
    return connection.tls;
  };
  const groups: unknown[] = [];
  const probeTwice = async (server: Listening): Promise<void> => {
    to = server.port;
    for (let turn = 0; turn < 2; turn++) groups.push((await probe())?.group);
  };
  await probeTwice(await serveTls(t, valid(), undefined, { ecdhCurve: 'X25519' }));
  await probeTwice(await serveTcp(t, (socket) => socket.end('no TLS')));
  await probeTwice(await serveTls(t, valid(), undefined, { maxVersion: 'TLSv1.2', ecdhCurve: 'P-256' }));
  await probeTwice(await serveTls(t, valid())); // Wants ML-KEM as soon as it can.
  await probeTwice(await serveTls(t, valid(), undefined, { ecdhCurve: 'P-256' }));
  const best = several ? 'X25519MLKEM768' : 'X25519';
  assert.deepEqual(groups, ['X25519', 'X25519', undefined, undefined, 'P-256', 'P-256', best, best, 'P-256', 'P-256']);
  const one = [x25519];
  assert.deepEqual(hellos, [every, one, one, every, every, one, one, every, every, every]);
});

test('servers are told apart, and asked anew after ten minutes', (t) => {
  let now = 1000;
  t.mock.method(performance, 'now', () => now);
  const made: SecureContext[] = [];
  const shares = new KeyShares(() => {
    const context = createSecureContext();
    made.push(context);
    return context;
  });
  const offersEvery = (server: string): boolean => shares.contextFor(server) === made[0];
  assert.ok(offersEvery('a'));
  shares.ended('a', true);
  shares.ended('b', false);
  assert.deepEqual([offersEvery('a'), offersEvery('b')], [!several, true]);
  now += 599_000;
  shares.ended('a', true); // What it chose among fewer proves nothing new.
  assert.equal(offersEvery('a'), !several);
  now += 2_000;
  assert.ok(offersEvery('a'));
  shares.ended('a', true);
  assert.equal(offersEvery('a'), !several);
  shares.brokeOff('a');
  assert.ok(offersEvery('a'));
  shares.ended('a', true);
  shares.ended('a', false); // It asked for the share.
  now += 599_000;
  shares.ended('a', true); // Another machine behind the same address.
  assert.ok(offersEvery('a'), 'nobody has to ask twice within ten minutes');
  now += 2_000;
  shares.ended('a', true);
  assert.equal(offersEvery('a'), !several);
  assert.equal(made.length, several ? 2 : 1);
});
