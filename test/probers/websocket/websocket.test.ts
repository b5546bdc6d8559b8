import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { client, expired, root, valid, wrongHost } from '../../support/identities.ts';
import { probeOnce, type ProbeOutcome } from '../../support/probe-once.ts';
import { serveProxy } from '../../support/proxy-server.ts';
import { closedPort, type Lifetime, serveHttp, serveTcp } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';
import { serveWebSocket } from '../../support/websocket-server.ts';

const module = (websocket: object = {}, rest: object = {}): object => ({ prober: 'websocket', websocket, ...rest });
const dialogue = (...query_response: object[]): object => module({ query_response });
const greet = (socket: WebSocket): void => socket.send('hello one');
const echo = (socket: WebSocket): void =>
  void socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));

function assertSucceeded({ success, failure }: ProbeOutcome): void {
  assert.equal(success, true, failure?.message);
}

function assertFailed({ success, failure, metrics }: ProbeOutcome, phase: string, reason: string): void {
  const seen = { success, phase: failure?.phase, reason: failure?.reason };
  assert.deepEqual(seen, { success: false, phase, reason }, failure?.message);
  assert.equal(metrics.get(`probe_failure_info{phase="${phase}",reason="${reason}"}`), 1);
}

/** The gauges of the prober's own, without durations. */
function gaugesOf({ metrics }: ProbeOutcome): { status: unknown; upgraded: unknown; regex: unknown } {
  return {
    status: metrics.get('probe_websocket_status_code'),
    upgraded: metrics.get('probe_websocket_connection_upgraded'),
    regex: metrics.get('probe_websocket_failed_due_to_regex'),
  };
}

const duration = ({ metrics }: ProbeOutcome, phase: string): number =>
  metrics.get(`probe_websocket_duration_seconds{phase="${phase}"}`) ?? NaN;

test('a WebSocket that opens is told in numbers', async (t) => {
  const server = await serveWebSocket(t);
  const outcome = await probeOnce(module(), server.origin);
  assertSucceeded(outcome);
  assert.deepEqual(gaugesOf(outcome), { status: 101, upgraded: 1, regex: 0 });
  for (const phase of ['resolve', 'connect', 'processing', 'transfer']) assert.ok(duration(outcome, phase) > 0, phase);
  assert.equal(duration(outcome, 'tls'), 0);
  assert.equal(outcome.metrics.get('probe_ip_protocol'), 4);
  assert.equal(outcome.metrics.get('probe_tcp_connections'), 1);
});

test('the server is told that all is well before the connection is reset', async (t) => {
  const server = await serveWebSocket(t, greet);
  const outcome = await probeOnce(dialogue({ expect: '^hello' }), server.origin);
  assertSucceeded(outcome);
  assert.equal(await server.nextClose(), 1000);
  const states = [...outcome.metrics.keys()].filter((key) => key.startsWith('probe_tcp_closed_state'));
  if (states.length > 0) assert.deepEqual(states, ['probe_tcp_closed_state{state="closed"}']);
});

test('a connection may be closed by FIN', async (t) => {
  const server = await serveWebSocket(t, greet);
  const fin = { connection: { close: 'fin' } };
  assertSucceeded(await probeOnce(module({ query_response: [{ expect: '^hello' }] }, fin), server.origin));
  assert.equal(await server.nextClose(), 1000);
});

test('a dialogue is held in messages, and its labels are told', async (t) => {
  const server = await serveWebSocket(t, (socket) => (greet(socket), echo(socket)));
  const outcome = await probeOnce(
    dialogue(
      { expect: '^hello (?P<who>.*)$', labels: [{ name: 'who', value: '${who}' }], send: 'for ${who}' },
      { expect: '^for one$', send_bytes: 'ab\\x00\\xff' },
      { expect_bytes: '!!replaced' },
    ),
    server.origin,
  );
  assertFailed(outcome, 'dialogue', 'bytes');
  assert.match(outcome.failure?.message ?? '', /^Step 3: The message is 616200ff instead of/);
  assert.equal(outcome.metrics.get('probe_failure_step'), 3);
  assert.equal(outcome.metrics.get('probe_expect_info{who="one"}'), 1);
});

test('a message is compared with bytes', async (t) => {
  const server = await serveWebSocket(t, (socket) => socket.send(Buffer.from('000102', 'hex')));
  const yaml = (bytes: string): string =>
    `prober: websocket\nwebsocket:\n  query_response:\n  - expect_bytes: !!binary ${bytes}\n`;
  assertSucceeded(await probeOnce(yaml('AAEC'), server.origin));
  assertFailed(await probeOnce(yaml('AAE='), server.origin), 'dialogue', 'bytes');
});

test('what is sent is a text, or bytes where it is written as such', async (t) => {
  const kinds: string[] = [];
  const script = (socket: WebSocket): void => {
    socket.on('message', (message: Buffer, isBinary) => {
      kinds.push(`${isBinary ? 'binary' : 'text'} ${message.toString()}`);
      socket.send('heard');
    });
  };
  const server = await serveWebSocket(t, script);
  const steps = [{ send: 'one $1' }, { expect: 'heard', send: '' }, { send_bytes: 'two' }, { expect: 'heard' }];
  assertSucceeded(await probeOnce(dialogue(...steps), server.origin));
  assert.deepEqual(kinds, ['text one $1', 'binary two']);
});

test('a message that does not match ends the probe at once', async (t) => {
  const server = await serveWebSocket(t, (socket) => (socket.send('bye'), greet(socket)));
  const outcome = await probeOnce(dialogue({ expect: '^hello' }), server.origin);
  assertFailed(outcome, 'dialogue', 'regexp');
  assert.deepEqual(gaugesOf(outcome), { status: 101, upgraded: 1, regex: 1 });
});

test('a secret that is sent is not logged', async (t) => {
  const server = await serveWebSocket(t, (socket) => socket.on('message', () => socket.send('come in')));
  const steps = [{ send: 'open sesame', secret: true }, { expect: '^come in$' }];
  const outcome = await probeOnce(dialogue(...steps), server.origin);
  assertSucceeded(outcome);
  assert.doesNotMatch(JSON.stringify(outcome.log), /sesame/);
  assert.match(JSON.stringify(outcome.log), /come in/);
});

test('a large message is taken, one that is too large is not', async (t) => {
  const server = await serveWebSocket(t, (socket) => socket.send('x'.repeat(1024 * 1024)));
  assertSucceeded(await probeOnce(dialogue({ expect: '^x+$' }), server.origin));
  const large = await serveWebSocket(t, (socket) => socket.send('x'.repeat(1024 * 1024 + 1)));
  assertFailed(await probeOnce(dialogue({ expect: 'x' }), large.origin), 'dialogue', 'too_large');
});

test('a message in pieces is put together, and pings between them are answered', async (t) => {
  const pongs: string[] = [];
  const server = await serveWebSocket(t, (socket) => {
    socket.send('one ', { fin: false });
    socket.ping('are you there');
    socket.send('two ', { fin: false });
    socket.send('three', { fin: true });
    socket.on('pong', (data) => pongs.push(data.toString()));
    socket.on('message', () => socket.send('done'));
  });
  const outcome = await probeOnce(
    dialogue({ expect: '^one two three$', send: 'next' }, { expect: '^done$' }),
    server.origin,
  );
  assertSucceeded(outcome);
  assert.deepEqual(pongs, ['are you there']);
});

test('a server that closes the WebSocket gives its reason', async (t) => {
  const server = await serveWebSocket(t, (socket) => socket.close(1008, 'not you'));
  const outcome = await probeOnce(dialogue({ expect: '.' }), server.origin);
  assertFailed(outcome, 'dialogue', 'closed');
  assert.match(outcome.failure?.message ?? '', /status 1008: not you/);
  assert.equal(gaugesOf(outcome).regex, 1);
});

test('a server that is silent runs into the deadline', async (t) => {
  const server = await serveWebSocket(t);
  const outcome = await probeOnce(dialogue({ expect: '.' }), server.origin, { timeout: 1 });
  assertFailed(outcome, 'dialogue', 'timeout');
  const silent = await serveTcp(t, () => {});
  assertFailed(await probeOnce(module(), `ws://${silent.address}`, { timeout: 1 }), 'response', 'timeout');
});

test('a probe that nobody waits for any more is called off', async (t) => {
  const controller = new AbortController();
  const server = await serveWebSocket(t, (socket) => socket.on('message', () => controller.abort()));
  const outcome = await probeOnce(dialogue({ send: 'hello' }, { expect: '.' }), server.origin, {
    signal: controller.signal,
  });
  assertFailed(outcome, 'dialogue', 'cancelled');
});

/** A server that answers the handshake with lines made from the right ones. */
function answering(lifetime: Lifetime, change: (lines: string[]) => string[], then = ''): ReturnType<typeof serveTcp> {
  return serveTcp(lifetime, (socket: Socket) => {
    socket.once('data', (request: Buffer) => {
      const key = /^sec-websocket-key: (.*)\r$/im.exec(request.toString('latin1'))?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const right = ['HTTP/1.1 101 Go', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
      socket.write(`${change(right).join('\r\n')}\r\n\r\n${then}`, 'latin1');
    });
  });
}

for (const [name, change, status] of [
  ['the wrong accept key', (lines) => [...lines.slice(0, 3), 'Sec-WebSocket-Accept: AAAA'], 101],
  ['no accept key', (lines) => lines.slice(0, 3), 101],
  ['another protocol', (lines) => lines.with(1, 'Upgrade: h2c'), 101],
  ['no upgrade', (lines) => lines.toSpliced(1, 1), 101],
  ['no connection', (lines) => lines.toSpliced(2, 1), 101],
  ['an extension', (lines) => [...lines, 'Sec-WebSocket-Extensions: permessage-deflate'], 101],
  ['a subprotocol', (lines) => [...lines, 'Sec-WebSocket-Protocol: chat'], 101],
  ['no HTTP', () => ['SSH-2.0-OpenSSH'], 0],
] as const satisfies readonly (readonly [string, (lines: string[]) => string[], number])[]) {
  test(`an answer to the handshake is refused: ${name}`, async (t) => {
    const { address } = await answering(t, change);
    const outcome = await probeOnce(module(), `ws://${address}`, { timeout: 2 });
    assertFailed(outcome, 'response', 'bad_response');
    assert.deepEqual(gaugesOf(outcome), { status, upgraded: 0, regex: 0 });
  });
}

test('messages that come with the answer to the handshake are not lost', async (t) => {
  const { address } = await answering(t, (lines) => lines, '\x81\x05hello');
  assertSucceeded(await probeOnce(dialogue({ expect: '^hello$' }), `ws://${address}`));
});

for (const [name, bytes] of [
  ['a masked frame', '\x81\x85\x00\x00\x00\x00hello'],
  ['a bit of an extension', '\xc1\x05hello'],
  ['an unknown opcode', '\x83\x05hello'],
  ['a piece of no message', '\x80\x05hello'],
  ['a message within another', '\x01\x05hello\x81\x05hello'],
  ['a ping that is too long', '\x89\x7e\x00\x7e'],
] as const) {
  test(`a frame is a bad response: ${name}`, async (t) => {
    const { address } = await answering(t, (lines) => lines, bytes);
    assertFailed(await probeOnce(dialogue({ expect: '^hello$' }), `ws://${address}`), 'dialogue', 'bad_response');
  });
}

test('a message whose length is absurd is refused before it comes', async (t) => {
  const { address } = await answering(t, (lines) => lines, '\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff');
  assertFailed(await probeOnce(dialogue({ expect: '.' }), `ws://${address}`), 'dialogue', 'too_large');
});

test('a server that does not upgrade fails with its status', async (t) => {
  for (const status of [200, 401, 403, 426, 503]) {
    const server = await serveHttp(t, (_request, response) => {
      response.writeHead(status, status === 426 ? { Upgrade: 'websocket', Connection: 'Upgrade' } : {});
      response.end('no');
    });
    const outcome = await probeOnce(module(), server.origin.replace('http', 'ws'));
    assertFailed(outcome, 'response', 'status');
    assert.deepEqual(gaugesOf(outcome), { status, upgraded: 0, regex: 0 });
  }
});

test('a connection that ends or breaks is told apart', async (t) => {
  const ending = await serveTcp(t, (socket) => void socket.once('data', () => socket.end()));
  assertFailed(await probeOnce(module(), `ws://${ending.address}`), 'response', 'closed');
  const breaking = await serveTcp(t, (socket) => void socket.once('data', () => socket.resetAndDestroy()));
  assertFailed(await probeOnce(module(), `ws://${breaking.address}`), 'response', 'reset');
  assertFailed(await probeOnce(module(), `ws://127.0.0.1:${await closedPort(t)}`), 'connect', 'refused');
  const dropping = await serveWebSocket(t, (socket) => socket.terminate());
  assertFailed(await probeOnce(dialogue({ expect: '.' }), dropping.origin), 'dialogue', 'closed');
});

test('the handshake carries the headers, however they are written', async (t) => {
  const server = await serveWebSocket(t);
  const file = temporaryFile('header.txt', ' from a file \n');
  const headers = {
    'X-Text': 'short',
    'X-Long': { values: ['one'], secrets: ['two'], files: [file] },
    Host: 'virtual.test',
    'User-Agent': { values: ['mine'] },
    'Sec-WebSocket-Protocol': 'chat, talk',
  };
  assertSucceeded(await probeOnce(module({ headers }), `${server.origin}/path?query=1`));
  const [request] = server.takeRequests();
  assert.equal(request?.url, '/path?query=1');
  assert.equal(request.headers['x-text'], 'short');
  assert.equal(request.headers['x-long'], 'one, two, from a file');
  assert.equal(request.headers.host, 'virtual.test');
  assert.equal(request.headers['user-agent'], 'mine');
  assert.equal(request.headers['sec-websocket-protocol'], 'chat, talk');
  assert.equal(request.headers['sec-websocket-version'], '13');
});

for (const [name, http_config, target, authorization] of [
  ['basic_auth', { basic_auth: { username: 'user', password: 'secret' } }, '', 'Basic dXNlcjpzZWNyZXQ='],
  ['authorization', { authorization: { credentials: 'token' } }, '', 'Bearer token'],
  ['authorization of another type', { authorization: { type: 'Key', credentials: 'token' } }, '', 'Key token'],
  ['bearer_token', { bearer_token: 'token' }, '', 'Bearer token'],
  ['the URL', {}, 'user:secret@', 'Basic dXNlcjpzZWNyZXQ='],
] as const) {
  test(`the handshake carries the credentials of ${name}`, async (t) => {
    const server = await serveWebSocket(t);
    const outcome = await probeOnce(module({ http_config }), `ws://${target}${server.address}`);
    assertSucceeded(outcome);
    assert.equal(server.takeRequests()[0]?.headers.authorization, authorization);
  });
}

test('a file that cannot be read is told', async (t) => {
  const server = await serveWebSocket(t);
  const outcome = await probeOnce(module({ headers: { 'X-Key': { files: ['/nonexistent/key'] } } }), server.origin);
  assertFailed(outcome, 'request', 'unusable_file');
  assert.deepEqual(server.takeRequests(), []);
});

const trusting = { http_config: { tls_config: { ca: root.cert } } };

test('over TLS the certificate is told', async (t) => {
  const server = await serveWebSocket(t, greet, { identity: valid() });
  const outcome = await probeOnce(module({ ...trusting, query_response: [{ expect: '^hello' }] }), server.origin);
  assertSucceeded(outcome);
  assert.equal(outcome.metrics.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
  assert.equal(outcome.metrics.get('probe_tls_verified'), 1);
  assert.ok(duration(outcome, 'tls') > 0);
  assert.equal(await server.nextClose(), 1000);
});

test('the hostname parameter is the Host header, and the name that the certificate must be for', async (t) => {
  const server = await serveWebSocket(t, undefined, { identity: wrongHost() });
  assertSucceeded(await probeOnce(module(trusting), server.origin, { hostname: 'other.test' }));
  assert.equal(server.takeRequests()[0]?.headers.host, 'other.test');
  assertFailed(await probeOnce(module(trusting), server.origin), 'tls', 'certificate_wrong_host');
});

test('an expired certificate still yields its expiry', async (t) => {
  const server = await serveWebSocket(t, undefined, { identity: expired() });
  const outcome = await probeOnce(module(trusting), server.origin);
  assertFailed(outcome, 'tls', 'certificate_expired');
  assert.ok((outcome.metrics.get('probe_ssl_earliest_cert_expiry') ?? Infinity) < Date.now() / 1000);
});

test('a server that demands a client certificate gets it', async (t) => {
  const options = { identity: valid(), requestCert: true, rejectUnauthorized: true, ca: root.cert };
  const server = await serveWebSocket(t, undefined, options);
  const { cert, key } = client();
  assertSucceeded(
    await probeOnce(module({ http_config: { tls_config: { ca: root.cert, cert, key } } }), server.origin),
  );
  assert.equal((await probeOnce(module(trusting), server.origin)).success, false);
});

const redirectTo = (location: string) => (): string =>
  `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
const following = module({ http_config: { follow_redirects: true, authorization: { credentials: 'token' } } });

test('a redirect is followed only where follow_redirects says so', async (t) => {
  const end = await serveWebSocket(t);
  for (const location of [`${end.origin}/there`, `http://${end.address}/there`]) {
    const start = await serveWebSocket(t, undefined, { refuse: redirectTo(location) });
    const followed = await probeOnce(following, start.origin);
    assertSucceeded(followed);
    assert.equal(followed.metrics.get('probe_tcp_connections'), 2);
    assert.equal(end.takeRequests()[0]?.url, '/there');
    const stopped = await probeOnce(module({ http_config: {} }), start.origin);
    assertFailed(stopped, 'response', 'status');
    assert.equal(gaugesOf(stopped).status, 302);
  }
});

test('credentials do not follow a redirect to another host', async (t) => {
  const end = await serveWebSocket(t);
  const start = await serveWebSocket(t, undefined, { refuse: redirectTo(`ws://localhost:${end.port}/`) });
  const ip4 = { preferred_ip_protocol: 'ip4' };
  const http_config = { follow_redirects: true, authorization: { credentials: 'token' } };
  assertSucceeded(await probeOnce(module({ http_config, ...ip4 }), start.origin));
  assert.equal(start.takeRequests()[0]?.headers.authorization, 'Bearer token');
  assert.equal(end.takeRequests()[0]?.headers.authorization, undefined);
});

test('redirects without end, or to nowhere, are a failure', async (t) => {
  const loop = await serveWebSocket(t, undefined, { refuse: redirectTo('/again') });
  const outcome = await probeOnce(following, loop.origin);
  assertFailed(outcome, 'response', 'redirect');
  assert.equal(loop.takeRequests().length, 11);
  const nowhere = await serveWebSocket(t, undefined, { refuse: redirectTo('mailto:a@b.test') });
  assertFailed(await probeOnce(following, nowhere.origin), 'response', 'redirect');
});

test('a proxy is asked for a tunnel, with and without TLS', async (t) => {
  const proxy = await serveProxy(t);
  const proxied = { tls_config: { ca: root.cert }, proxy_url: `http://127.0.0.1:${proxy.port}` };
  for (const options of [{}, { identity: valid() }]) {
    const server = await serveWebSocket(t, greet, options);
    const query_response = [{ expect: '^hello' }];
    assertSucceeded(await probeOnce(module({ http_config: proxied, query_response }), server.origin));
    const requests = proxy.takeRequests().map(({ method, url }) => `${method} ${url}`);
    assert.deepEqual(requests, [`CONNECT ${server.address}`]);
    assert.equal(await server.nextClose(), 1000);
  }
});

for (const target of ['', 'ftp://127.0.0.1', 'ws://', 'ws://127.0.0.1:99999', 'ws://[::1']) {
  test(`the target ${JSON.stringify(target)} is refused`, async () => {
    assertFailed(await probeOnce(module(), target), 'admission', 'bad_target');
  });
}

test('a target without a scheme is that of ws', async (t) => {
  const server = await serveWebSocket(t);
  assertSucceeded(await probeOnce(module(), server.address));
});

for (const [name, websocket, message] of [
  [
    'starttls',
    { query_response: [{ starttls: true }] },
    /query_response\[0\]\.starttls: a WebSocket is secured before/,
  ],
  [
    'a header of the handshake',
    { headers: { Upgrade: 'h2c' } },
    /headers\.Upgrade: this header is the handshake's own/,
  ],
  ['a header that is a list', { headers: { 'X-A': ['a'] } }, /headers\.X-A: must be a mapping/],
  ['a header with a line break', { headers: { 'X-A': 'a\r\nX-B: b' } }, /the value of a header has no line break/],
  ['no name of a header', { headers: { 'a b': 'x' } }, /"a b" cannot be the name of a header/],
  [
    'two ways to authenticate',
    { http_config: { basic_auth: {}, authorization: {} } },
    /only one of authorization and basic_auth/,
  ],
  ['an unknown key', { http_client_config: {} }, /http_client_config: (unknown key|did you mean http_config\?)/],
  ['a bad expression', { query_response: [{ expect: '(' }] }, /expect: must be a regular expression/],
] as const) {
  test(`a configuration is refused: ${name}`, async () => {
    await assert.rejects(probeOnce(module(websocket), 'ws://unused.test'), message);
  });
}
