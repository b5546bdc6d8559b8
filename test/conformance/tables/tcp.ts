import type { Socket } from 'node:net';
import { belowRoot, root, valid } from '../../support/identities.ts';
import { serveTcp } from '../../support/servers.ts';
import type { ProbeCase } from '../probe-case.ts';
import { finish, refused, tcp as server, tls } from '../targets.ts';

type Steps = readonly object[];

const module = (query_response?: Steps, options: object = {}, rest: object = {}) => ({
  prober: 'tcp',
  tcp: { ...(query_response === undefined ? {} : { query_response }), ...options },
  ...rest,
});

const greeting =
  (text: string | Buffer, ending: 'end' | 'keep' = 'keep') =>
  (socket: Socket) =>
    finish(socket, text, ending);

/** Resets the connection when it has heard something: by then the client knows that it is connected. */
const resetting = (text: string) => (socket: Socket) => void socket.once('data', () => finish(socket, text, 'reset'));

/** Says what it hears, line by line, behind a greeting. */
const echo =
  (first = '') =>
  (socket: Socket) => {
    if (first !== '') socket.write(first);
    socket.on('data', (chunk: Buffer) => socket.write(chunk));
  };

const connects: ProbeCase[] = [
  { name: 'a connection', module: module(), target: server() },
  { name: 'an empty section', module: { prober: 'tcp' }, target: server() },
  { name: 'an empty dialogue', module: module([]), target: server() },
  { name: 'an empty step', module: module([{}]), target: server() },
  { name: 'nobody listens', module: module(), target: refused() },
  { name: 'nobody listens, with TLS', module: module(undefined, { tls: true }), target: refused() },
  {
    name: 'preferred_ip_protocol ip6 of an IPv4 address',
    module: module(undefined, { preferred_ip_protocol: 'ip6' }),
    target: server(),
  },
  {
    name: 'IPv6 only of an IPv4 address',
    module: module(undefined, { preferred_ip_protocol: 'ip6', ip_protocol_fallback: false }),
    target: server(),
  },
  {
    name: 'source_ip_address',
    module: module([{ expect: '^127.0.0.9$' }], { source_ip_address: '127.0.0.9' }),
    target: server((socket) => finish(socket, `${socket.remoteAddress}\n`, 'keep')),
  },
  {
    name: 'source_ip_address of another machine',
    module: module(undefined, { source_ip_address: '192.0.2.77' }),
    target: server(),
  },
  {
    name: 'source_ip_address of another family',
    module: module(undefined, { source_ip_address: '::1' }),
    target: server(),
  },
];

const expect = (name: string, steps: Steps, script: (socket: Socket) => void, rest: object = {}): ProbeCase => ({
  name,
  module: module(steps, {}, { timeout: '2s', ...rest }),
  target: server(script),
});

const expects: ProbeCase[] = [
  expect('an expected line', [{ expect: '^SSH-2.0-' }], greeting('SSH-2.0-Test_1\r\n')),
  expect('the third line is expected', [{ expect: '^three$' }], greeting('one\r\ntwo\r\nthree\r\n')),
  expect('an expected line without a line end, then the end', [{ expect: '^banner$' }], greeting('banner', 'end')),
  expect('an expected line without a line end, then silence', [{ expect: '^banner$' }], greeting('banner'), {
    timeout: '300ms',
  }),
  expect('an unexpected line, then the end', [{ expect: '^SSH' }], greeting('HTTP/1.1 400\r\n', 'end')),
  expect('an unexpected line, then silence', [{ expect: '^SSH' }], greeting('HTTP/1.1 400\r\n'), { timeout: '300ms' }),
  expect('an unexpected line, then a reset', [{ send: 'x' }, { expect: '^SSH' }], resetting('HTTP/1.1 400\r\n')),
  expect('the end at once', [{ expect: '^SSH' }], greeting('', 'end')),
  expect('a reset', [{ send: 'x' }, { expect: '^SSH' }], resetting('')),
  expect('silence', [{ expect: '^SSH' }], () => {}, { timeout: '300ms' }),
  expect('a carriage return is not part of the line', [{ expect: '^a$' }], greeting('a\r\n')),
  expect('two carriage returns', [{ expect: '^a\\r$' }], greeting('a\r\r\n')),
  expect('an empty line', [{ expect: '^$' }], greeting('a\n\nb\n')),
  expect('an expression that matches nothing in particular', [{ expect: '' }], greeting('a\n')),
  expect('two lines in two steps', [{ expect: 'one' }, { expect: 'two' }], greeting('one\ntwo\n')),
  expect('the same line for two steps', [{ expect: 'one' }, { expect: 'one' }], greeting('one\n', 'end')),
  expect('lines in pieces', [{ expect: '^one two$' }], inPieces),
  expect('a line of 60 KB', [{ expect: 'x$' }], greeting(`${'x'.repeat(60_000)}\n`)),
  expect('a line of 65,535 bytes', [{ expect: 'x$' }], greeting(`${'x'.repeat(65_534)}\n`)),
  expect('a line of 70 KB', [{ expect: 'x$' }], greeting(`${'x'.repeat(70_000)}\n`)),
  expect('70 KB without a line end', [{ expect: 'x$' }], greeting('x'.repeat(70_000))),
  expect('many lines before the expected one', [{ expect: '^last$' }], greeting(`${'line\n'.repeat(50_000)}last\n`)),
  expect('letters beyond ASCII', [{ expect: '^gr.\u00df$' }], greeting(Buffer.from('gr\u00fc\u00df\n'))),
  expect('a line that is not UTF-8', [{ expect: '^a.b$' }], greeting(Buffer.from('61ff620a', 'hex'))),
  expect('an expression that ignores case', [{ expect: '(?i)^ssh' }], greeting('SSH-2.0\n')),
];

function inPieces(socket: Socket): void {
  socket.write('one', () => socket.write(' t', () => socket.write('wo\n')));
}

const sends: ProbeCase[] = [
  expect('a line is sent', [{ send: 'hello' }], () => {}),
  expect('a line with a carriage return is sent', [{ send: 'hello\r' }], () => {}),
  expect('an empty line is not sent', [{ send: '' }], () => {}),
  expect('several lines are sent', [{ send: 'one' }, { send: 'two' }], () => {}),
  expect('a line comes back', [{ send: 'ping' }, { expect: '^ping$' }], echo()),
  expect('an answer after a line', [{ expect: '^hello', send: 'ping' }, { expect: '^ping$' }], echo('hello\n')),
  expect(
    'a capture is sent',
    [{ expect: '^PING :(\\S+)', send: 'PONG ${1}' }, { expect: '^PONG abc$' }],
    echo('PING :abc\n'),
  ),
  expect(
    'captures by number and name',
    [{ expect: '(?P<first>\\w+) (\\w+)', send: '$2-${first}-$0-$$-$first-${none}-$3.' }],
    greeting('a b\n'),
  ),
  expect('a name that runs on', [{ expect: '(\\w)', send: '$1x ${1}x' }], greeting('a\n')),
  expect('a dollar sign without an expression', [{ send: '$1 ${2} $$' }], () => {}),
  expect('a dollar sign at the end', [{ expect: '(a)', send: 'x$' }], greeting('a\n')),
  expect('an unclosed brace', [{ expect: '(a)', send: '${1 x' }], greeting('a\n')),
  expect('a capture that took no part', [{ expect: '(a)|(b)', send: '[$1][$2]' }], greeting('b\n')),
  expect('a captured carriage return', [{ expect: '(.*)', send: '<$1>' }], greeting('a\r\n')),
  expect(
    'a captured byte that is not UTF-8',
    [{ expect: '(.+)', send: '<$1>' }],
    greeting(Buffer.from('61ff620a', 'hex')),
  ),
  expect('letters beyond ASCII are sent', [{ send: 'gr\u00fc\u00df' }], () => {}),
  expect(
    'a dialogue of IRC',
    [
      { send: 'NICK prober' },
      { send: 'USER prober prober prober :prober' },
      { expect: 'PING :([^ ]+)', send: 'PONG ${1}' },
      { expect: '^:[^ ]+ 001' },
    ],
    irc,
  ),
  expect('a line to a server that has gone', [{ expect: 'bye', send: 'a' }, { expect: 'b' }], greeting('bye\n', 'end')),
];

function irc(socket: Socket): void {
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
    if (/USER .*\n$/.test(heard)) socket.write(':irc.test NOTICE * :hello\r\nPING :4711\r\n');
    if (heard.endsWith('PONG 4711\n')) socket.write(':irc.test 001 prober :welcome\r\n');
  });
}

const yaml = (steps: string): string => `prober: tcp\ntimeout: 2s\ntcp:\n  query_response:\n${steps}`;

const bytes: ProbeCase[] = [
  expect('expected bytes', [{ expect_bytes: 'AMQP' }], greeting('AMQP')),
  expect('expected bytes among more', [{ expect_bytes: 'AMQP' }], greeting('AMQP0091')),
  expect('other bytes', [{ expect_bytes: 'AMQP' }], greeting('HTTP')),
  expect('too few bytes, then the end', [{ expect_bytes: 'AMQP' }], greeting('AM', 'end')),
  expect('no bytes, then the end', [{ expect_bytes: 'AMQP' }], greeting('', 'end')),
  expect('a reset before the bytes', [{ send: 'x' }, { expect_bytes: 'AMQP' }], resetting('')),
  expect('no bytes', [{ expect_bytes: 'AMQP' }], () => {}, { timeout: '300ms' }),
  expect('expected bytes twice', [{ expect_bytes: 'AB' }, { expect_bytes: 'CD' }], greeting('ABCD')),
  expect('a line is sent after expected bytes', [{ expect_bytes: 'AB', send: 'got it $1' }], greeting('AB')),
  expect('bytes after a line is sent', [{ send: 'abc' }, { expect_bytes: 'abc\n' }], echo()),
  expect('a line after expected bytes', [{ expect_bytes: 'AB' }, { expect: '^CD$' }], greeting('ABCD\n')),
  {
    name: 'bytes after an expected line',
    differs: { probe_success: 'one buffered reader serves lines and bytes' },
    module: module([{ expect: '^one$' }, { expect_bytes: 'two' }], {}, { timeout: '400ms' }),
    target: server(greeting('one\ntwo')),
  },
  {
    name: 'binary bytes',
    module: yaml('    - expect_bytes: !!binary AAEC/w==\n      send: !!binary gIEA\n'),
    target: server(greeting(Buffer.from('000102ff', 'hex'))),
  },
  {
    name: 'binary bytes that are sent',
    module: yaml('    - send: !!binary AAEC\n'),
    target: server(),
  },
  {
    name: 'an expression in binary',
    module: yaml('    - expect: !!binary XmFiYw==\n'),
    target: server(greeting('abc\n')),
  },
];

const label = (name: string, value: string) => ({ name, value });

const labels: ProbeCase[] = [
  expect(
    'labels',
    [{ expect: '^SSH-([^-]+)-(.*)$', labels: [label('protocol', '$1'), label('software', '${2}')] }],
    greeting('SSH-2.0-Open_9\r\n'),
  ),
  expect(
    'labels of a line that does not match',
    [{ expect: '^SSH', labels: [label('a', '$0')] }],
    greeting('x\n', 'end'),
  ),
  expect(
    'a label without a capture',
    [{ expect: 'b', labels: [label('whole', '$0'), label('fixed', 'x')] }],
    greeting('abc\n'),
  ),
  expect('an empty list of labels', [{ expect: 'b', labels: [] }], greeting('abc\n')),
  expect('an empty label value', [{ expect: '(x)?b', labels: [label('x', '$1')] }], greeting('abc\n')),
  expect('a label with quotes', [{ expect: '(.*)', labels: [label('x', '$1')] }], greeting('say "a\\b"\n')),
  expect(
    'labels beyond ASCII',
    [{ expect: '(.*)', labels: [label('x', '$1')] }],
    greeting(Buffer.from('gr\u00fc\u00df\n')),
  ),
  expect(
    'labels in the first of two steps',
    [{ expect: '(a)', labels: [label('x', '$1')] }, { expect: '(b)' }],
    greeting('a\nb\n'),
  ),
  expect(
    'labels and a line that is sent',
    [{ expect: '(a)', labels: [label('x', '$1')], send: 'got $1' }],
    greeting('a\n'),
  ),
  expect(
    'labels and a later failure',
    [{ expect: '(a)', labels: [label('x', '$1')] }, { expect: 'c' }],
    greeting('a\nb\n', 'end'),
  ),
];

const secure = { tls: true, tls_config: { ca: root.cert } };

const overTls: ProbeCase[] = [
  {
    name: 'a dialogue over TLS',
    module: module([{ send: 'ping' }, { expect: '^ping$' }], secure),
    target: tls(valid(), echo()),
  },
  {
    name: 'expected bytes over TLS',
    module: module([{ expect_bytes: 'AMQP' }], secure),
    target: tls(belowRoot(), greeting('AMQP')),
  },
  {
    name: 'a server that ends over TLS',
    module: module([{ expect: 'a' }], secure, { timeout: '2s' }),
    target: tls(valid(), greeting('', 'end')),
  },
  {
    name: 'a server that is silent over TLS',
    module: module([{ expect: 'a' }], secure, { timeout: '400ms' }),
    target: tls(valid()),
  },
  { name: 'a line is sent over TLS', module: module([{ send: 'hello' }], secure), target: tls(valid()) },
  {
    name: 'TLS by default from a name',
    module: module(undefined, { ...secure, preferred_ip_protocol: 'ip4' }),
    target: async (lifetime) => ({ target: `localhost:${(await serveTcp(lifetime, (socket) => socket.end())).port}` }),
  },
];

export const tcp: readonly ProbeCase[] = [...connects, ...expects, ...sends, ...bytes, ...labels, ...overTls];
