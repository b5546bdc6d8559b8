import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { libc } from '../../../src/kernel/libc.ts';
import type { Phase, Reason } from '../../../src/net/failure.ts';
import type { HttpRequest } from '../../../src/probers/http/exchange.ts';
import { connectTo } from '../../support/connections.ts';
import { serveTcp } from '../../support/servers.ts';
import { type Exchanged, exchangeOver, Keeper } from './exchanges.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** How the server goes on behind what it sends. */
type Ending = 'keep' | 'end' | 'reset';

const endings: Readonly<Record<Ending, (socket: Socket) => void>> = {
  keep: () => {},
  end: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
};

/** A server that sends `answer` when a request comes. */
async function exchangeWith(
  t: TestContext,
  answer: string | Buffer,
  ending: Ending = 'keep',
  request: Partial<HttpRequest> = {},
): Promise<Exchanged> {
  const { port } = await serveTcp(t, (socket) => {
    socket.once('data', () => socket.write(answer, () => endings[ending](socket)));
  });
  return exchangeOver(await connectTo(t, port), request);
}

interface Answer {
  readonly name: string;
  readonly answer: string | Buffer;
  readonly ending?: Ending;
  readonly status?: number;
  readonly version?: string;
  readonly body?: string;
  readonly request?: Partial<HttpRequest>;
}

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const good: readonly Answer[] = [
  { name: 'a length', answer: ok },
  { name: 'a length, and more behind it', answer: `${ok}more` },
  { name: 'two answers', answer: ok + ok },
  { name: 'an end right behind it', answer: ok, ending: 'end' },
  { name: 'a reset right behind it', answer: ok, ending: 'reset' },
  { name: 'no length: the end of the connection', answer: 'HTTP/1.1 200 OK\r\n\r\nok', ending: 'end' },
  { name: 'chunks', answer: `${chunked}1\r\no\r\n1;ext=1\r\nk\r\n0\r\nTrailer: x\r\n\r\n` },
  { name: 'a length twice', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok' },
  {
    name: 'a length, but chunks',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  },
  {
    name: 'chunks of HTTP/1.0, which knows of none',
    answer: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nok',
    version: '1.0',
  },
  { name: 'HTTP/1.0', answer: 'HTTP/1.0 200 OK\r\n\r\nok', ending: 'end', version: '1.0' },
  { name: 'HTTP/1.0 with a length', answer: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', version: '1.0' },
  { name: 'no reason', answer: 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok' },
  { name: 'LF alone', answer: 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok' },
  { name: 'a folded field', answer: 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok' },
  { name: '100 Continue that nobody asked for', answer: `HTTP/1.1 100 Continue\r\n\r\n${ok}` },
  { name: 'several interim responses', answer: `${'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n'.repeat(20)}${ok}` },
  { name: '204', answer: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204, body: '' },
  {
    name: '204 that announces a body',
    answer: 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n',
    status: 204,
    body: '',
  },
  {
    name: '304 that announces a body',
    answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n',
    status: 304,
    body: '',
  },
  { name: 'an unheard-of status', answer: 'HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok', status: 999 },
  { name: 'HEAD', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', request: { method: 'HEAD' }, body: '' },
  {
    name: 'bytes beyond ASCII',
    answer: Buffer.from('HTTP/1.1 200 \xc4h\r\nA: \xe9\r\nContent-Length: 2\r\n\r\nok', 'latin1'),
  },
  { name: 'many fields', answer: `HTTP/1.1 200 OK\r\n${'A: x\r\n'.repeat(5000)}Content-Length: 2\r\n\r\nok` },
  { name: 'a huge field', answer: `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(900_000)}\r\nContent-Length: 2\r\n\r\nok` },
];

for (const { name, answer, ending, status = 200, version = '1.1', body = 'ok', request } of good) {
  test(`a response with ${name} is whole`, async (t) => {
    const { exchange, failure, keeper } = await exchangeWith(t, answer, ending, request);
    assert.equal(failure, undefined);
    assert.equal(exchange?.response.status, status);
    assert.equal(exchange.response.version, version);
    assert.equal(keeper.body, body);
    assert.deepEqual(keeper.calls, ['answered', 'start', ...(body === '' ? [] : ['write'])]);
    assert.ok(exchange.transfer >= 0);
  });
}

interface Bad {
  readonly name: string;
  readonly answer: string | Buffer;
  readonly ending?: Ending;
  readonly phase?: Phase;
  readonly reason: Reason;
  readonly needsKernel?: true;
  readonly request?: Partial<HttpRequest>;
}

const bad: readonly Bad[] = [
  { name: 'nothing, and the end', answer: '', ending: 'end', reason: 'closed' },
  { name: 'a reset', answer: '', ending: 'reset', reason: 'reset' },
  { name: 'HTML without a head', answer: '<html></html>\n', ending: 'end', reason: 'bad_response' },
  { name: 'garbage', answer: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), reason: 'bad_response' },
  { name: 'a TLS alert', answer: Buffer.from([21, 3, 3, 0, 2, 2, 70]), reason: 'bad_response' },
  { name: 'a frame of HTTP/2', answer: Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), reason: 'bad_response' },
  { name: 'a greeting of SSH', answer: 'SSH-2.0-OpenSSH_9.2\r\n', reason: 'bad_response' },
  {
    name: 'a response of RTSP',
    answer: 'RTSP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n',
    reason: 'bad_response',
  },
  { name: 'an unknown version', answer: 'HTTP/7.3 200 OK\r\nContent-Length: 0\r\n\r\n', reason: 'bad_response' },
  { name: 'a status of two digits', answer: 'HTTP/1.1 20 OK\r\n\r\n', reason: 'bad_response' },
  { name: 'a status of four digits', answer: 'HTTP/1.1 2000 OK\r\n\r\n', reason: 'bad_response' },
  { name: 'half a head', answer: 'HTTP/1.1 200 OK\r\nContent-Le', ending: 'end', reason: 'closed' },
  {
    name: 'half a head and a reset',
    answer: 'HTTP/1.1 200 OK\r\nCont',
    ending: 'reset',
    reason: 'reset',
    needsKernel: true,
  },
  { name: 'an interim response alone', answer: 'HTTP/1.1 100 Continue\r\n\r\n', ending: 'end', reason: 'closed' },
  {
    name: 'a switch of protocols that nobody asked for',
    answer: 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    reason: 'bad_response',
  },
  { name: 'a field without a colon', answer: 'HTTP/1.1 200 OK\r\nBroken\r\n\r\n', reason: 'bad_response' },
  { name: 'a field with a NUL', answer: 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', reason: 'bad_response' },
  { name: 'a length that is none', answer: 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', reason: 'bad_response' },
  { name: 'a negative length', answer: 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok', reason: 'bad_response' },
  {
    name: 'a length beyond all numbers',
    answer: `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(40)}\r\n\r\nok`,
    reason: 'bad_response',
  },
  {
    name: 'an unknown transfer encoding',
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nok',
    reason: 'bad_response',
  },
  {
    name: 'two lengths',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk',
    reason: 'bad_response',
  },
  { name: 'too large a head', answer: `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(1_100_000)}\r\n\r\n`, reason: 'too_large' },
  {
    name: 'a body shorter than its length',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok',
    ending: 'end',
    phase: 'transfer',
    reason: 'closed',
  },
  {
    name: 'a body shorter than its length, of a connection that closes',
    answer: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nok',
    ending: 'end',
    phase: 'transfer',
    reason: 'closed',
    request: { close: true },
  },
  {
    name: 'a body shorter than its length, and a reset',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok',
    ending: 'reset',
    phase: 'transfer',
    reason: 'reset',
    needsKernel: true,
  },
  {
    name: 'a body without a length, and a reset',
    answer: 'HTTP/1.1 200 OK\r\n\r\nok',
    ending: 'reset',
    phase: 'transfer',
    reason: 'reset',
    needsKernel: true,
  },
  { name: 'chunks that break off', answer: `${chunked}5\r\nok`, ending: 'end', phase: 'transfer', reason: 'closed' },
  {
    name: 'chunks that break off, of a connection that closes',
    answer: 'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok',
    ending: 'end',
    phase: 'transfer',
    reason: 'closed',
    request: { close: true },
  },
  { name: 'a chunk of no size', answer: `${chunked}zz\r\nok`, phase: 'transfer', reason: 'bad_response' },
  {
    name: 'a chunk beyond all sizes',
    answer: `${chunked}${'F'.repeat(17)}\r\nok`,
    phase: 'transfer',
    reason: 'bad_response',
  },
  { name: 'a chunk longer than its size', answer: `${chunked}2\r\nokk`, phase: 'transfer', reason: 'bad_response' },
  {
    name: 'a size without an end',
    answer: `${chunked}2;${'x'.repeat(20_000)}`,
    phase: 'transfer',
    reason: 'too_large',
  },
  { name: 'a trailer that is none', answer: `${chunked}0\r\nnone\r\n\r\n`, phase: 'transfer', reason: 'bad_response' },
  {
    name: 'a trailer too large',
    answer: `${chunked}2\r\nok\r\n0\r\nA: ${'x'.repeat(1_100_000)}\r\n\r\n`,
    phase: 'transfer',
    reason: 'too_large',
  },
];

for (const { name, answer, ending, phase = 'response', reason, needsKernel, request } of bad) {
  const skip = needsKernel !== undefined && libc() === undefined ? 'the kernel cannot be asked on this machine' : false;
  test(`a server that sends ${name}: ${reason}`, { skip }, async (t) => {
    const { exchange, failure } = await exchangeWith(t, answer, ending, request);
    assert.deepEqual([failure?.phase, failure?.reason], [phase, reason], failure?.message);
    assert.equal(exchange === undefined, phase === 'response', 'what was learnt of a response is kept');
  });
}

test('a response that drips byte by byte is taken', async (t) => {
  const { port } = await serveTcp(t, (socket) => {
    socket.once('data', () => {
      const bytes = Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${ok}`);
      let sent = 0;
      const drip = (): void => {
        if (sent < bytes.length) socket.write(bytes.subarray(sent, ++sent), () => setImmediate(drip));
      };
      drip();
    });
  });
  const { exchange, failure, keeper } = await exchangeOver(await connectTo(t, port));
  assert.equal(failure, undefined);
  assert.equal(exchange?.response.status, 200);
  assert.equal(keeper.body, 'ok');
});

test('what is sent is one request, with its body and its headers as given', async (t) => {
  let received = '';
  const { port } = await serveTcp(t, (socket) => {
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.endsWith('a body')) socket.write(ok);
    });
  });
  const headers = ['Host', 'b.test', 'X-A', '1', 'X-A', '2', 'x-b', 'gr\xfc\xdf'];
  await exchangeOver(await connectTo(t, port), { method: 'POST', path: '/p?q', headers, body: Buffer.from('a body') });
  assert.deepEqual(received.split('\r\n'), [
    'POST /p?q HTTP/1.1',
    'Host: b.test',
    'Connection: keep-alive',
    'X-A: 1',
    'X-A: 2',
    'x-b: gr\xfc\xdf',
    'Content-Length: 6',
    '',
    'a body',
  ]);
});

test('a server may be asked to close the connection', async (t) => {
  let received = '';
  const { port } = await serveTcp(t, (socket) => {
    socket.once('data', (chunk) => {
      received = chunk.toString('latin1');
      socket.end(ok);
    });
  });
  await exchangeOver(await connectTo(t, port), { close: true });
  assert.match(received, /^connection: close\r$/im);
});

test('a request that cannot be sent fails, and nothing else does', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.resume());
  for (const headers of [
    ['X A', '1'],
    ['X-A', 'line\r\nbreak'],
    ['Host', 'a.test\r\nX-A: 1'],
  ]) {
    const { failure } = await exchangeOver(await connectTo(t, port), { headers });
    assert.deepEqual([failure?.phase, failure?.reason], ['request', 'bad_target']);
  }
});

test('an answer that comes before the request is taken all the same', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.resume().write(ok));
  const { exchange } = await exchangeOver(await connectTo(t, port));
  assert.equal(exchange?.response.status, 200);
});

test('a body that is not wanted to its end is left', async (t) => {
  let written = 0;
  const { port } = await serveTcp(t, (socket) => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const flood = (): void => {
      while (!socket.destroyed && socket.write(piece)) written += piece.length;
    };
    socket.on('drain', flood).once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      flood();
    });
  });
  const keeper = new Keeper();
  keeper.onWrite = () => {
    keeper.wantsMore = keeper.body.length < 100_000;
    return undefined;
  };
  const { exchange, failure } = await exchangeOver(await connectTo(t, port), {}, keeper);
  assert.equal(failure, undefined);
  assert.equal(exchange?.response.status, 200);
  assert.ok(keeper.body.length < 1_000_000, `${keeper.body.length} of ${written} bytes were taken`);
});

test('a sink that is busy is given no more before it is ready', async (t) => {
  const keeper = new Keeper();
  let busy = false;
  keeper.onWrite = async () => {
    assert.equal(busy, false);
    busy = true;
    await new Promise((settle) => setImmediate(settle));
    busy = false;
  };
  const { port } = await serveTcp(t, (socket) => {
    socket.once('data', () =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`),
    );
  });
  const { failure } = await exchangeOver(await connectTo(t, port), {}, keeper);
  assert.equal(failure, undefined);
  assert.equal(keeper.body.length, 3_000_000);
});

const aborted: readonly (readonly [name: string, answer: string, phase: Phase])[] = [
  ['before any answer', '', 'response'],
  ['within the headers', 'HTTP/1.1 200 OK\r\nCont', 'response'],
  ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', 'transfer'],
];

for (const [name, answer, phase] of aborted) {
  test(`a probe that is called off ${name} stops at once, and closes its connection`, async (t) => {
    const controller = new AbortController();
    const ends: Promise<unknown>[] = [];
    const { port } = await serveTcp(t, (socket) => {
      ends.push(new Promise((settle) => socket.once('close', settle)));
      socket.once('data', () => {
        socket.write(answer);
        if (phase === 'response') controller.abort('timeout');
      });
    });
    const keeper = new Keeper();
    keeper.onWrite = () => {
      controller.abort('timeout');
      return undefined;
    };
    const connection = await connectTo(t, port, {}, controller.signal);
    const { failure } = await exchangeOver(connection, {}, keeper, controller.signal);
    assert.deepEqual([failure?.phase, failure?.reason], [phase, 'timeout']);
    assert.equal(connection.stream.destroyed, true);
    assert.equal(ends.length, 1);
    await Promise.all(ends);
  });
}

test('a probe that was called off before sends nothing', async (t) => {
  const listening = await serveTcp(t, (socket) => socket.once('data', () => assert.fail('something was sent')));
  const connection = await connectTo(t, listening.port);
  const { failure } = await exchangeOver(connection, {}, new Keeper(), AbortSignal.abort('cancelled'));
  assert.deepEqual([failure?.phase, failure?.reason], ['response', 'cancelled']);
  await listening.accepted();
});

test('a connection that is gone already gives no answer', async (t) => {
  const { port } = await serveTcp(t, (socket) => socket.end());
  const connection = await connectTo(t, port);
  await once(connection.stream.resume(), 'end');
  await connection.close();
  const { failure } = await exchangeOver(connection);
  assert.equal(failure?.phase, 'response');
});
