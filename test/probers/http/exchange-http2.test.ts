import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import type { Connection } from '../../../src/net/connection.ts';
import type { Phase, Reason } from '../../../src/net/failure.ts';
import type { HttpRequest } from '../../../src/probers/http/exchange.ts';
import { connectTo, trusting } from '../../support/connections.ts';
import { valid } from '../../support/identities.ts';
import { serveHttp2, serveTls } from '../../support/servers.ts';
import { type Exchanged, exchangeOver, Keeper } from './exchanges.ts';
import { data, endStream, field, frame, goAway, headers, reset, settings, types, uint32 } from './frames.ts';

const h2 = { host: 'localhost', alpn: ['h2'], settings: trusting };
const status200 = { ':status': '200' };
const ok = Buffer.concat([headers(status200), data('ok', endStream)]);

const uint16 = Buffer.alloc(2);

type Script = (socket: TLSSocket) => void;

async function connectByHttp2(t: TestContext, port: number, signal?: AbortSignal): Promise<Connection> {
  const connection = await connectTo(t, port, {}, signal);
  await connection.startTls(h2);
  return connection;
}

/** Runs `script` when a request has come, behind the settings that every server sends first. */
function serveFrames(t: TestContext, script: Script): Promise<{ port: number }> {
  const options = { ALPNProtocols: ['h2'] };
  return serveTls(t, valid(), (socket) => socket.once('data', () => script(socket)), options);
}

async function exchangeWith(
  t: TestContext,
  answer: Buffer,
  request: Partial<HttpRequest> = {},
  end = false,
): Promise<Exchanged> {
  const { port } = await serveFrames(t, (socket) => {
    if (end) socket.end(answer);
    else socket.write(answer);
  });
  return exchangeOver(await connectByHttp2(t, port), request);
}

interface Answer {
  readonly name: string;
  readonly frames: readonly Buffer[];
  readonly status?: number;
  readonly body?: string;
  readonly request?: Partial<HttpRequest>;
}

const good: readonly Answer[] = [
  { name: 'headers and data', frames: [ok] },
  { name: 'headers alone', frames: [headers(status200, endStream)], body: '' },
  { name: 'data in pieces', frames: [headers(status200), data('o'), data(''), data('k'), data('', endStream)] },
  { name: 'trailers', frames: [headers(status200), data('ok'), headers({ a: 'b' }, endStream)] },
  { name: 'an interim response', frames: [headers({ ':status': '103', link: '<x>' }), ok] },
  { name: '100 Continue that nobody asked for', frames: [headers({ ':status': '100' }), ok] },
  { name: 'frames of an unknown type', frames: [frame(0xbb, 0, 0, Buffer.alloc(10)), ok, frame(0xbb, 0, 1)] },
  { name: 'GOAWAY before it, which lets it come', frames: [goAway(1, 0), ok] },
  { name: 'GOAWAY within it', frames: [headers(status200), goAway(1, 0), data('ok', endStream)] },
  { name: 'GOAWAY behind it', frames: [ok, goAway(1, 0)] },
  { name: 'a reset without an error behind it', frames: [ok, reset(0)] },
  { name: 'settings that change nothing', frames: [settings([0xabcd, 1], [1, 0], [3, 0], [5, 16384], [6, 1]), ok] },
  { name: 'acknowledged settings', frames: [frame(types.settings, 1, 0), ok] },
  { name: 'a priority', frames: [frame(types.priority, 0, 1, Buffer.alloc(5)), ok] },
  {
    name: 'padding and a priority',
    frames: [
      frame(types.headers, 0x2c, 1, Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 9]), field(':status', '200'), uint16])),
      frame(types.data, 0x9, 1, Buffer.from('\x03ok\0\0\0')),
    ],
  },
  {
    name: 'fields of the connection, as blackbox_exporter takes them',
    frames: [headers({ ...status200, connection: 'close' }), data('ok', endStream)],
  },
  { name: 'its length', frames: [headers({ ...status200, 'content-length': '2' }), data('ok', endStream)] },
  { name: 'many fields', frames: [manyFields(2000), ok.subarray(headers(status200).length)] },
  { name: '204', frames: [headers({ ':status': '204' }, endStream)], status: 204, body: '' },
  {
    name: '304 that announces a body',
    frames: [headers({ ':status': '304', 'content-length': '5' }, endStream)],
    status: 304,
    body: '',
  },
  {
    name: 'HEAD',
    frames: [headers({ ...status200, 'content-length': '5' }, endStream)],
    request: { method: 'HEAD' },
    body: '',
  },
];

for (const { name, frames, status = 200, body = 'ok', request } of good) {
  test(`a response by HTTP/2 with ${name} is whole`, async (t) => {
    const { exchange, failure, keeper } = await exchangeWith(t, Buffer.concat([settings(), ...frames]), request);
    assert.equal(failure, undefined);
    assert.equal(exchange?.response.status, status);
    assert.equal(exchange.response.version, '2.0');
    assert.equal(keeper.body, body);
    assert.deepEqual(keeper.calls, ['answered', 'start', ...(body === '' ? [] : ['write'])]);
  });
}

interface Bad {
  readonly name: string;
  readonly answer: Buffer;
  readonly phase?: Phase;
  readonly reason: Reason;
  readonly end?: true;
}

const framed = (...frames: readonly Buffer[]): Buffer => Buffer.concat([settings(), ...frames]);

const bad: readonly Bad[] = [
  { name: 'nothing, and the end', answer: Buffer.alloc(0), end: true, reason: 'closed' },
  { name: 'settings, and the end', answer: settings(), end: true, reason: 'closed' },
  { name: 'headers, and the end', answer: framed(headers(status200)), end: true, phase: 'transfer', reason: 'closed' },
  {
    name: 'a part of the body, and the end',
    answer: framed(headers(status200), data('part')),
    end: true,
    phase: 'transfer',
    reason: 'closed',
  },
  { name: 'GOAWAY, and the end', answer: framed(goAway(0, 0)), end: true, reason: 'reset' },
  { name: 'GOAWAY with an error', answer: framed(goAway(1, 11)), reason: 'closed' },
  { name: 'GOAWAY that shuts the request out', answer: framed(goAway(0, 0)), reason: 'reset' },
  { name: 'a refused stream', answer: framed(reset(7)), reason: 'reset' },
  { name: 'a cancelled stream', answer: framed(reset(8)), reason: 'reset' },
  { name: 'a stream with an error of the protocol', answer: framed(reset(1)), reason: 'reset' },
  { name: 'a stream with an internal error', answer: framed(reset(2)), reason: 'reset' },
  { name: 'a stream that wants HTTP/1.1', answer: framed(reset(13)), reason: 'reset' },
  { name: 'a stream that ends without a response', answer: framed(reset(0)), reason: 'bad_response' },
  {
    name: 'a reset within the body',
    answer: framed(headers(status200), data('part'), reset(2)),
    phase: 'transfer',
    reason: 'reset',
  },
  {
    name: 'a cancellation within the body',
    answer: framed(headers(status200), data('part'), reset(8)),
    phase: 'transfer',
    reason: 'reset',
  },
  {
    name: 'an end without an error within the body',
    answer: framed(headers({ ...status200, 'content-length': '9' }), data('part'), reset(0)),
    phase: 'transfer',
    reason: 'closed',
  },
  {
    name: 'a body shorter than its length',
    answer: framed(headers({ ...status200, 'content-length': '9' }), data('part', endStream)),
    phase: 'transfer',
    reason: 'bad_response',
  },
  { name: 'a response of HTTP/1.1', answer: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), reason: 'bad_response' },
  { name: 'garbage', answer: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), reason: 'bad_response' },
  { name: 'no settings', answer: ok, reason: 'bad_response' },
  { name: 'a setting beyond its bounds', answer: settings([4, 0xffffffff]), reason: 'bad_response' },
  { name: 'no status', answer: framed(headers({ a: 'b' }), data('', endStream)), reason: 'bad_response' },
  { name: 'a status that is none', answer: framed(headers({ ':status': 'abc' }, endStream)), reason: 'bad_response' },
  { name: '101, which HTTP/2 does not have', answer: framed(headers({ ':status': '101' })), reason: 'bad_response' },
  {
    name: 'a name in capitals',
    answer: framed(headers({ ...status200, Abc: 'd' }, endStream)),
    reason: 'bad_response',
  },
  ...[
    ['data without headers', data('ok', endStream)],
    ['fields that cannot be read', frame(types.headers, 4, 1, Buffer.alloc(6, 0xff))],
    ['a frame that is too large', frame(0xbb, 0, 0, Buffer.alloc(20_000))],
    ['a push', frame(types.pushPromise, 4, 1, Buffer.concat([uint32(2), field(':status', '200')]))],
    ['a window of no bytes', frame(types.windowUpdate, 0, 0, uint32(0))],
    ['a window of no bytes for the stream', frame(types.windowUpdate, 0, 1, uint32(0))],
    ['a window beyond its bounds', frame(types.windowUpdate, 0, 0, uint32(0x7fffffff))],
    ['a window for another stream', frame(types.windowUpdate, 0, 3, uint32(1))],
    ['a ping that is too short', frame(types.ping, 0, 0, Buffer.alloc(7))],
    ['a ping on the stream', frame(types.ping, 0, 1, Buffer.alloc(8))],
    ['settings on the stream', frame(types.settings, 0, 1)],
    ['settings that are cut', frame(types.settings, 0, 0, Buffer.alloc(5))],
    ['settings with an acknowledgement', frame(types.settings, 1, 0, Buffer.alloc(6))],
    ['that it takes pushes', settings([2, 1])],
    ['a size of frames that may not be', settings([5, 16_383])],
    ['a reset that is too short', frame(types.rstStream, 0, 1, Buffer.alloc(3))],
    ['a reset of another stream', frame(types.rstStream, 0, 2, uint32(0))],
    ['a priority that is too short', frame(types.priority, 0, 1, Buffer.alloc(4))],
    ['GOAWAY that is too short', frame(types.goAway, 0, 0, uint32(1))],
    ['GOAWAY on the stream', frame(types.goAway, 0, 1, uint32(1, 0))],
    ['headers on another stream', frame(types.headers, 4, 3, field(':status', '200'))],
    ['headers that are all padding', frame(types.headers, 0xc, 1, Buffer.from([5, 0]))],
    ['headers without the priority they announce', frame(types.headers, 0x24, 1, Buffer.alloc(4))],
    ['headers that go on nowhere', Buffer.concat([frame(types.headers, 0, 1, field(':status', '200')), data('ok')])],
    ['headers that begin nowhere', frame(types.continuation, 4, 1, field(':status', '200'))],
    ['an interim response that ends the stream', headers({ ':status': '103' }, endStream)],
    ['a status that is not first', headers({ a: 'b', ...status200 })],
    ['two statuses', frame(types.headers, 4, 1, repeat(field(':status', '200'), 2))],
    ['a pseudo-header of requests', headers({ ...status200, ':path': '/' })],
    ['a value with a line end', headers({ ...status200, a: 'b\nc' })],
  ].map(([name, sent]): Bad => ({ name: String(name), answer: framed(sent as Buffer), reason: 'bad_response' })),
  ...[
    ['garbage within the body', frame(types.headers, 4, 1, Buffer.alloc(6, 0xff))],
    ['headers within the body', headers({ a: 'b' })],
    ['a status behind the body', headers(status200, endStream)],
    ['data that is all padding', frame(types.data, 8, 1, Buffer.from([1]))],
    ['data on another stream', frame(types.data, 0, 3, Buffer.from('x'))],
  ].map(([name, sent]): Bad => ({
    name: String(name),
    answer: framed(headers(status200), data('part'), sent as Buffer),
    phase: 'transfer',
    reason: 'bad_response',
  })),
  {
    name: 'lengths that differ',
    answer: framed(
      frame(
        types.headers,
        5,
        1,
        Buffer.concat(['200', '0', '1'].map((value, at) => field(at === 0 ? ':status' : 'content-length', value))),
      ),
    ),
    phase: 'transfer',
    reason: 'bad_response',
  },
  {
    name: 'headers larger than are taken',
    answer: framed(
      frame(types.headers, 0, 1, field(':status', '200')),
      ...Array.from({ length: 70 }, () => frame(types.continuation, 0, 1, Buffer.alloc(16_000))),
    ),
    reason: 'too_large',
  },
];

for (const { name, answer, phase = 'response', reason, end } of bad) {
  test(`a server of HTTP/2 that sends ${name}: ${reason}`, async (t) => {
    const { exchange, failure } = await exchangeWith(t, answer, {}, end);
    assert.deepEqual([failure?.phase, failure?.reason], [phase, reason], failure?.message);
    assert.equal(exchange === undefined, phase === 'response', 'what was learnt of a response is kept');
  });
}

const floods: readonly (readonly [name: string, first: Buffer, endless: Buffer, phase: Phase])[] = [
  ['settings', settings(), repeat(settings(), 2000), 'response'],
  ['pings', settings(), repeat(frame(types.ping, 0, 0, Buffer.alloc(8)), 2000), 'response'],
  [
    'fields',
    framed(frame(types.headers, 0, 1, field(':status', '200'))),
    repeat(frame(types.continuation, 0, 1, field('a', 'x'.repeat(100))), 200),
    'response',
  ],
  ['empty data', framed(headers(status200)), repeat(data(''), 2000), 'transfer'],
  [
    'pings within data, whose answers nobody reads',
    framed(headers(status200)),
    repeat(Buffer.concat([frame(types.ping, 0, 0, Buffer.alloc(8)), data('x')]), 10_000),
    'transfer',
  ],
];

for (const [name, first, endless, phase] of floods) {
  test(`a flood of ${name} is not taken to its end`, async (t) => {
    const { port } = await serveFrames(t, (socket) => {
      const flood = (): void => {
        while (!socket.destroyed && socket.write(endless));
      };
      socket.pause().write(first);
      socket.on('drain', flood);
      flood();
    });
    const { failure } = await exchangeOver(await connectByHttp2(t, port));
    assert.deepEqual([failure?.phase, failure?.reason], [phase, 'bad_response'], failure?.message);
  });
}

const silences: readonly (readonly [name: string, answer: Buffer])[] = [
  ['that it takes no requests', settings([3, 0])],
  ['nothing', settings()],
  ['a part of a frame', framed(data('part').subarray(0, 8))],
];

for (const [name, answer] of silences) {
  test(`a server of HTTP/2 that sends ${name} is waited for as long as the probe lasts`, async (t) => {
    const controller = new AbortController();
    const { port } = await serveFrames(t, (socket) => {
      socket.write(answer, () => socket.once('data', () => controller.abort('timeout')));
    });
    const connection = await connectByHttp2(t, port, controller.signal);
    const { exchange, failure } = await exchangeOver(connection, {}, new Keeper(), controller.signal);
    assert.deepEqual([failure?.phase, failure?.reason], ['response', 'timeout'], failure?.message);
    assert.equal(exchange, undefined);
  });
}

test('a large request that nobody reads is no fault of the server', async (t) => {
  const controller = new AbortController();
  const { port } = await serveFrames(t, (socket) => {
    socket.pause().write(settings([4, 0x7fffffff]), () => controller.abort('timeout'));
  });
  const body = Buffer.alloc(20_000_000);
  const connection = await connectByHttp2(t, port, controller.signal);
  const { failure } = await exchangeOver(connection, { method: 'POST', body }, new Keeper(), controller.signal);
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'timeout'], failure?.message);
});

test('a reset of the connection is told as one', async (t) => {
  const raw: { resetAndDestroy(): unknown }[] = [];
  const { port } = await serveTls(t, valid(), (socket) => socket.once('data', () => raw[0]?.resetAndDestroy()), {
    ALPNProtocols: ['h2'],
    onConnection: (socket) => raw.push(socket),
  });
  const { failure } = await exchangeOver(await connectByHttp2(t, port));
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'reset']);
});

test('what is sent is one request, with its body and its headers as given', async (t) => {
  const server = await serveHttp2(t, valid());
  const body = Buffer.from('a body');
  for (const [method, sent] of [
    ['POST', body],
    ['GET', body],
    ['DELETE', undefined],
    ['PUT', undefined],
  ] as const) {
    const { failure } = await exchangeOver(await connectByHttp2(t, server.port), {
      method,
      path: '/p?q',
      body: sent,
      headers: ['Host', 'b.test', 'X-A', '1', 'x-a', '2', 'Te', 'trailers', 'X-B', 'gr\xfc\xdf', '__proto__', 'x'],
    });
    assert.equal(failure, undefined);
    const [seen] = server.takeRequests();
    assert.deepEqual([seen?.method, seen?.url, seen?.body], [method, '/p?q', sent === undefined ? '' : 'a body']);
    const { ':authority': authority, 'content-length': length, 'x-a': a, 'x-b': b, te } = seen?.headers ?? {};
    assert.deepEqual({ authority, a, b, te }, { authority: 'b.test', a: '1, 2', b: 'gr\xfc\xdf', te: 'trailers' });
    assert.equal(length, sent === undefined ? (method === 'PUT' ? '0' : undefined) : '6');
  }
});

test('headers that HTTP/2 does not have are left out', async (t) => {
  const server = await serveHttp2(t, valid());
  const headers = ['Host', 'a.test', 'Connection', 'close', 'Keep-Alive', '1', 'Upgrade', 'x', 'TE', 'gzip'];
  headers.push('Transfer-Encoding', 'chunked', 'Proxy-Connection', 'close', 'HTTP2-Settings', 'x', 'X-A', '1');
  const { failure } = await exchangeOver(await connectByHttp2(t, server.port), { headers });
  assert.equal(failure, undefined);
  assert.deepEqual(
    Object.keys(server.takeRequests()[0]?.headers ?? {}).filter((name) => !name.startsWith(':')),
    ['x-a'],
  );
});

test('a request that cannot be sent fails, and nothing else does', async (t) => {
  const server = await serveHttp2(t, valid());
  for (const request of [{ headers: ['X A', '1'] }, { headers: ['A', 'b\n'] }, { path: '/ ' }, { method: 'G T' }]) {
    const { failure } = await exchangeOver(await connectByHttp2(t, server.port), request);
    assert.deepEqual([failure?.phase, failure?.reason], ['request', 'bad_target']);
  }
  assert.deepEqual(server.takeRequests(), []);
});

test('a large request is sent as the server takes it', async (t) => {
  const server = await serveHttp2(t, valid(), undefined, {
    settings: { initialWindowSize: 1000, maxFrameSize: 20_000 },
  });
  const body = Buffer.alloc(300_000, 'x');
  const headers = ['X', 'y'.repeat(40_000)];
  const { exchange, failure } = await exchangeOver(await connectByHttp2(t, server.port), {
    method: 'POST',
    body,
    headers,
  });
  assert.equal(failure, undefined);
  assert.equal(exchange?.response.status, 200);
  const [seen] = server.takeRequests();
  assert.equal(seen?.body.length, body.length);
  assert.equal(seen.headers['x']?.length, 40_000);
});

test('settings and pings are acknowledged', async (t) => {
  const ping = Buffer.from('12345678');
  const acknowledged = Buffer.concat([frame(types.settings, 1, 0), frame(types.ping, 1, 0, ping)]);
  const { port } = await serveFrames(t, (socket) => {
    socket.write(framed(frame(types.ping, 0, 0, ping)));
    socket.once('data', (received: Buffer) =>
      socket.write(received.equals(acknowledged) ? ok : headers({ ':status': '500' }, endStream)),
    );
  });
  const { exchange } = await exchangeOver(await connectByHttp2(t, port));
  assert.equal(exchange?.response.status, 200);
});

test('a body of a request that nobody reads does not hold up its answer', async (t) => {
  const { port } = await serveFrames(t, (socket) => socket.write(framed(ok)));
  const { exchange } = await exchangeOver(await connectByHttp2(t, port), {
    method: 'POST',
    body: Buffer.alloc(300_000),
  });
  assert.equal(exchange?.response.status, 200);
});

test('a large body comes whole, to a sink that is slow too', async (t) => {
  const body = 'x'.repeat(9_000_000);
  const server = await serveHttp2(t, valid(), (_request, response) => void response.end(body));
  const keeper = new Keeper();
  let busy = false;
  keeper.onWrite = async () => {
    assert.equal(busy, false);
    busy = true;
    await new Promise((settle) => setImmediate(settle));
    busy = false;
  };
  const { failure } = await exchangeOver(await connectByHttp2(t, server.port), {}, keeper);
  assert.equal(failure, undefined);
  assert.equal(keeper.body.length, body.length);
});

test('a body that is not wanted to its end is left', async (t) => {
  const server = await serveHttp2(t, valid(), (_request, response) => {
    const flood = (): void => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', flood);
    flood();
  });
  const keeper = new Keeper();
  keeper.onWrite = () => {
    keeper.wantsMore = keeper.body.length < 100_000;
    return undefined;
  };
  const { exchange, failure } = await exchangeOver(await connectByHttp2(t, server.port), {}, keeper);
  assert.equal(failure, undefined);
  assert.equal(exchange?.response.status, 200);
});

test('fields of one name come as a list', async (t) => {
  const block = [
    field(':status', '200'),
    field('set-cookie', 'a=1'),
    field('set-cookie', 'b=2'),
    field('x', '1'),
    field('x', '2'),
  ];
  const response = frame(types.headers, 5, 1, Buffer.concat(block));
  const { exchange } = await exchangeWith(t, framed(response));
  assert.deepEqual({ ...exchange?.response.headers }, { 'set-cookie': ['a=1', 'b=2'], x: ['1', '2'] });
});

test('a probe that is called off stops at once, and closes its connection', async (t) => {
  const controller = new AbortController();
  const { port } = await serveFrames(t, () => controller.abort('cancelled'));
  const connection = await connectByHttp2(t, port, controller.signal);
  const { failure } = await exchangeOver(connection, {}, new Keeper(), controller.signal);
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'cancelled']);
  assert.equal(connection.stream.destroyed, true);
});

test('a probe that was called off before sends nothing', async (t) => {
  const server = await serveHttp2(t, valid());
  const connection = await connectByHttp2(t, server.port);
  const { failure } = await exchangeOver(connection, {}, new Keeper(), AbortSignal.abort('timeout'));
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'timeout']);
  assert.deepEqual(server.takeRequests(), []);
});

test('a connection that is gone already gives no answer', async (t) => {
  const server = await serveHttp2(t, valid());
  const connection = await connectByHttp2(t, server.port);
  await connection.close();
  const { failure } = await exchangeOver(connection);
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'closed']);
});

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

/** Headers with so many fields, over as many frames as that takes. */
function manyFields(count: number): Buffer {
  const frames = [frame(types.headers, 0, 1, field(':status', '200'))];
  for (let sent = 0; sent < count; sent += 1000)
    frames.push(frame(types.continuation, 0, 1, repeat(field('a', 'x'), 1000)));
  frames.push(frame(types.continuation, 4, 1));
  return Buffer.concat(frames);
}
