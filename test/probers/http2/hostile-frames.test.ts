import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProbeFailure } from '../../../src/net/failure.ts';
import { exchangeByHttp2 } from '../../../src/probers/http/exchange-http2.ts';
import { Incoming } from '../../../src/probers/http/incoming.ts';
import { connectorFor, loopback } from '../../support/connections.ts';
import { serveTcp } from '../../support/servers.ts';
import { get, Keeper } from '../http/exchanges.ts';
import { data, endStream, field, frame, goAway, headers, reset, settings, types, uint32 } from '../http/frames.ts';

/** Frames as servers send them, so that what is wrong lies in their order, or in one of them. */
const usual = fc.constantFrom(
  settings(),
  settings([4, 1], [5, 16_384]),
  frame(types.settings, 1, 0),
  frame(types.ping, 0, 0, Buffer.alloc(8)),
  frame(types.windowUpdate, 0, 0, uint32(1000)),
  frame(types.windowUpdate, 0, 1, uint32(1000)),
  frame(types.headers, 0, 1, field(':status', '200')),
  frame(types.continuation, 4, 1, field('a', 'b')),
  headers({ ':status': '103' }),
  headers({ ':status': '200' }),
  headers({ ':status': '200', 'content-length': '4' }),
  headers({ a: 'b' }, endStream),
  data('part'),
  data('', endStream),
  Buffer.concat([headers({ ':status': '200' }), data('whole', endStream)]),
  goAway(1, 0),
  goAway(0, 0),
  reset(0),
  reset(8),
);
const anyFrame = fc
  .tuple(fc.nat(10), fc.nat(255), fc.constantFrom(0, 1, 2, 3), fc.uint8Array({ maxLength: 40 }))
  .map(([type, flags, stream, payload]) => frame(type, flags, stream, payload));
const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const answers = fc.array(fc.oneof({ weight: 8, arbitrary: usual }, { weight: 2, arbitrary: anyFrame }, noise), {
  maxLength: 12,
});

test('whatever a server sends, an exchange by HTTP/2 ends with a response or with a reason', async (t) => {
  let answer: readonly Buffer[] = [];
  const { port } = await serveTcp(t, (socket) =>
    socket.once('data', () => {
      for (const part of answer) socket.write(part);
      socket.end();
    }),
  );
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(answers, async (sent) => {
      answer = [settings(), ...sent];
      const { signal } = new AbortController();
      const connection = await connectorFor(t, {}, signal).open(loopback, port);
      const keeper = new Keeper();
      try {
        const { failure } = await exchangeByHttp2(connection, get, new Incoming(connection, keeper, signal));
        outcomes.add(failure?.reason ?? 'none');
        assert.deepEqual(keeper.calls.slice(0, 2), ['answered', 'start']);
      } catch (error) {
        if (!(error instanceof ProbeFailure)) throw error;
        assert.notEqual(error.reason, 'other', error.message);
        outcomes.add(error.reason);
      }
      assert.equal(connection.stream.destroyed, true);
    }),
    { numRuns: 1000 },
  );
  for (const outcome of ['none', 'bad_response', 'closed', 'reset']) assert.ok(outcomes.has(outcome), outcome);
});
