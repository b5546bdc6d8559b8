import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { test } from 'node:test';
import { openPing, type PingReply } from '../../src/kernel/ping-exchange.ts';
import { pingProblem } from '../../src/kernel/ping-problem.ts';
import { runChild } from '../support/child.ts';

const skip = process.env['CI'] === undefined ? (pingProblem() ?? false) : false;
const request = { hopLimit: 64, dontFragment: false, payload: Buffer.from('test') };

/** Reaches this machine, which answers from another address. */
const silent = '0.0.0.0';

/** Pings under way do not keep the process alive. */
function stayAlive(t: { after(close: () => void): void }): void {
  const timer = setInterval(() => {}, 1e6);
  t.after(() => clearInterval(timer));
}

async function replyOf(family: 4 | 6, address: string): Promise<PingReply> {
  const answer = await openPing(family)({ ...request, address }).answer;
  assert.equal(answer?.kind, 'reply');
  return answer;
}

for (const [family, address] of [
  [4, '127.0.0.1'],
  [6, '::1'],
] as const) {
  test(`the kernel answers a ping of ${address}`, { skip }, async (t) => {
    stayAlive(t);
    const { rtt, hopLimit } = await replyOf(family, address);
    assert.ok(rtt > 0 && rtt < 10, `a round trip of ${rtt} s`);
    assert.equal(hopLimit, 64);
  });

  test(`256 pings of ${address} at once all get their replies`, { skip }, async (t) => {
    stayAlive(t);
    const replies = await Promise.all(Array.from({ length: 256 }, () => replyOf(family, address)));
    assert.equal(replies.length, 256);
  });
}

test('every payload comes back, up to the longest', { skip }, async (t) => {
  stayAlive(t);
  for (const [family, address, length] of [
    [4, '127.0.0.1', 0],
    [4, '127.0.0.1', 65_507],
    [6, '::1', 65_527],
  ] as const) {
    const answer = await openPing(family)({ ...request, address, payload: new Uint8Array(length).fill(7) }).answer;
    assert.equal(answer?.kind, 'reply', `${length} bytes`);
  }
});

test('a payload that no packet holds is refused', { skip }, () => {
  const ping = openPing(4);
  for (const length of [65_508, 70_000]) {
    const send = (): unknown => ping({ ...request, address: '127.0.0.1', payload: new Uint8Array(length) });
    assert.throws(send, { name: 'PingError', code: 'EMSGSIZE' });
  }
});

test('the reply of another address than the one asked is ignored', { skip }, async (t) => {
  stayAlive(t);
  const unanswered = openPing(4)({ ...request, address: silent });
  await replyOf(4, '127.0.0.1');
  unanswered.abandon();
  assert.equal(await unanswered.answer, undefined);
});

test('pings that nobody answers delay neither other pings nor the resolution of names', { skip }, async (t) => {
  stayAlive(t);
  let answered = 0;
  const unanswered = Array.from({ length: 256 }, () => openPing(4)({ ...request, address: silent }));
  for (const ping of unanswered) void ping.answer.then(() => (answered += 1));
  await replyOf(4, '127.0.0.1');
  await dns.lookup('localhost');
  assert.equal(answered, 0);
  for (const ping of unanswered) ping.abandon();
  await Promise.all(unanswered.map(({ answer }) => answer));
});

test('a reply that is there when a ping is abandoned counts', { skip }, async () => {
  // The loopback interface delivers the reply while the request is being sent; the event loop has not seen it yet.
  const ping = openPing(4)({ ...request, address: '127.0.0.1' });
  ping.abandon();
  assert.equal((await ping.answer)?.kind, 'reply');
});

test('a source that no interface has is refused', { skip }, () => {
  assert.throws(() => openPing(4, '203.0.113.9'), { name: 'PingError', code: 'EADDRNOTAVAIL' });
  assert.throws(() => openPing(6, '2001:db8::9'), { name: 'PingError', code: 'EADDRNOTAVAIL' });
});

test('a ping under way does not keep the process alive', { skip }, async () => {
  const exchange = new URL('../../src/kernel/ping-exchange.js', import.meta.url).href;
  const script = `
    const { openPing } = await import('${exchange}');
    openPing(4)({ address: '${silent}', hopLimit: 64, dontFragment: false, payload: new Uint8Array(4) });
    console.log('sent');
  `;
  const { status, output } = await runChild(process.execPath, ['--input-type=module', '--eval', script]);
  assert.deepEqual({ status, output }, { status: 0, output: 'sent\n' });
});

test('without the C library the reason is told', async () => {
  const problem = new URL('../../src/kernel/ping-problem.js', import.meta.url).href;
  const script = `console.log((await import('${problem}')).pingProblem())`;
  const { output } = await runChild(process.execPath, ['--input-type=module', '--eval', script], {
    env: { CLEARBOX_NO_FFI: '1' },
  });
  assert.match(output, /^Cannot ping, which needs the optional dependency koffi: /);
});
