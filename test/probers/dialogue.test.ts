import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { libc } from '../../src/kernel/libc.ts';
import type { Reason } from '../../src/net/failure.ts';
import { valid } from '../support/identities.ts';
import { serveMail } from '../support/mail-server.ts';
import { probeOnce, type ProbeOutcome } from '../support/probe-once.ts';
import { type Lifetime, serveTcp } from '../support/servers.ts';

const needsKernel = libc() === undefined ? 'the kernel cannot be asked on this machine' : false;

/** Holds a dialogue with a server that runs `script`. */
async function converse(
  lifetime: Lifetime,
  steps: readonly object[],
  script: (socket: Socket) => void,
): Promise<ProbeOutcome> {
  const { address } = await serveTcp(lifetime, script);
  return probeOnce({ prober: 'tcp', tcp: { query_response: steps } }, address);
}

const says =
  (...texts: readonly string[]) =>
  (socket: Socket): void => {
    for (const text of texts) socket.write(text, 'latin1');
    socket.resume();
  };

const saysAndEnds =
  (text: string) =>
  (socket: Socket): void => {
    socket.resume().end(text, 'latin1');
  };

const echoes = (socket: Socket): void => void socket.pipe(socket);

const good: readonly (readonly [name: string, steps: readonly object[], script: (socket: Socket) => void])[] = [
  ['no step at all', [], says()],
  ['a step without anything', [{}], says()],
  ['a line that matches', [{ expect: '^220 .*ready$' }], says('220 mail ready\r\n')],
  ['a line that is not the first', [{ expect: '^220 ' }], says('220-a\r\n220-b\r\n220 c\r\n')],
  ['a line in pieces', [{ expect: '^hello$' }], says('he', 'll', 'o\r', '\n')],
  ['a line at the end without its end', [{ expect: '^hello$' }], saysAndEnds('hello')],
  ['two lines of one piece', [{ expect: '^a$' }, { expect: '^b$' }], says('a\nb\n')],
  ['an empty line', [{ expect: '^$' }], says('\n')],
  ['a line of bytes that are no UTF-8', [{ expect: '^\uFFFDx$' }], says('\xffx\n')],
  ['bytes', [{ expect_bytes: 'abc' }], says('a', 'bc')],
  ['bytes behind a line', [{ expect: '^a$' }, { expect_bytes: 'bcd' }, { expect: '^e$' }], says('a\nbcde\n')],
  ['what is sent, with a newline', [{ send: 'hello' }, { expect: '^hello$' }], echoes],
  ['what is sent, without one', [{ send_bytes: 'a\\x00b\\n' }, { expect_bytes: 'a\0b\n' }], echoes],
  ['captures', [{ expect: '^(\\w+) (?P<name>\\w+)$', send: '$1-${name}-$$' }, { expect: '^hello-world-\\$$' }], greet],
  ['a capture that is empty sends nothing', [{ expect: '^hello( not)? world$', send: '$1' }], greet],
];

for (const [name, steps, script] of good) {
  test(`a dialogue succeeds: ${name}`, async (t) => {
    const { success, failure, metrics } = await converse(t, steps, script);
    assert.equal(success, true, failure?.message);
    assert.equal(metrics.get('probe_failed_due_to_regex'), 0);
    assert.equal(metrics.get('probe_failed_due_to_bytes'), 0);
    assert.equal(metrics.has('probe_failure_step'), false);
  });
}

interface Bad {
  readonly name: string;
  readonly steps: readonly object[];
  readonly script: (socket: Socket) => void;
  readonly reason: Reason;
  readonly message: RegExp;
  /** 1 without it. */
  readonly step?: number;
  readonly regex?: 1;
  readonly bytes?: 1;
  readonly needsKernel?: true;
}

const bad: readonly Bad[] = [
  {
    name: 'no line matches',
    steps: [{ expect: '^b$' }],
    script: saysAndEnds('a\nc\n'),
    reason: 'regexp',
    message: /^Step 1: .*none of 2 lines matched: \^b\$$/,
    regex: 1,
  },
  {
    name: 'no line comes',
    steps: [{ expect: '^b$' }],
    script: saysAndEnds(''),
    reason: 'closed',
    message: /^Step 1: .*no line came/,
    regex: 1,
  },
  {
    name: 'the second step',
    steps: [{ expect: '^a$' }, { expect: '^b$' }],
    script: saysAndEnds('a\n'),
    reason: 'closed',
    message: /^Step 2: /,
    step: 2,
    regex: 1,
  },
  {
    name: 'a line without an end',
    steps: [{ expect: '^a$' }],
    script: says('x'.repeat(65 * 1024)),
    reason: 'too_large',
    message: /longer than 65536/,
  },
  {
    name: 'other bytes',
    steps: [{ expect_bytes: 'abc' }],
    script: says('abd'),
    reason: 'bytes',
    message: /616264 instead of 616263/,
    bytes: 1,
  },
  {
    name: 'fewer bytes',
    steps: [{ expect_bytes: 'abc' }],
    script: saysAndEnds('ab'),
    reason: 'closed',
    message: /2 of 3 bytes/,
  },
  {
    name: 'a reset behind a line',
    steps: [{ send: 'go' }, { expect: '^b$' }],
    script: (socket) => socket.once('data', () => socket.write('a\n', () => socket.resetAndDestroy())),
    reason: 'reset',
    message: /ECONNRESET/,
    step: 2,
    needsKernel: true,
  },
  {
    name: 'a reset instead of bytes',
    steps: [{ send: 'go' }, { expect_bytes: 'abc' }],
    script: (socket) => socket.once('data', () => socket.write('a', () => socket.resetAndDestroy())),
    reason: 'reset',
    message: /ECONNRESET/,
    step: 2,
    needsKernel: true,
  },
];

for (const { name, steps, script, reason, message, step = 1, regex = 0, bytes = 0, ...rest } of bad) {
  test(`a dialogue fails: ${name}`, { skip: rest.needsKernel !== undefined && needsKernel }, async (t) => {
    const { success, failure, metrics } = await converse(t, steps, script);
    assert.equal(success, false);
    assert.deepEqual([failure?.phase, failure?.reason], ['dialogue', reason], failure?.message);
    assert.match(failure?.message ?? '', message);
    assert.equal(metrics.get('probe_failure_step'), step);
    assert.equal(metrics.get('probe_failed_due_to_regex'), regex);
    assert.equal(metrics.get('probe_failed_due_to_bytes'), bytes);
  });
}

test('labels take captures from the line that matched', async (t) => {
  const labels = [
    { name: 'version', value: 'v$1' },
    { name: 'whole', value: '${0}' },
    { name: 'none', value: '$9' },
    { name: 'price', value: '$$1' },
  ];
  const { metrics } = await converse(t, [{ expect: '^SSH-(\\d+\\.\\d+)', labels }], says('SSH-2.0-x "y"\\\r\n'));
  assert.equal(metrics.get('probe_expect_info{none="",price="$1",version="v2.0",whole="SSH-2.0"}'), 1);
});

test('a step of no labels has a sample without any', async (t) => {
  const { text } = await converse(t, [{ expect: '^a$', labels: [] }], says('a\n'));
  assert.match(text, /^probe_expect_info 1$/m);
});

test('what a step marked secret sends is not in the log', async (t) => {
  const steps = [{ send: 'PASS hunter2', secret: true }, { send: 'QUIT' }];
  const { log } = await converse(t, [...steps, { expect: 'QUIT' }], echoes);
  const sent = log.filter(({ message }) => message === 'Sending').map(({ attributes }) => attributes?.['data']);
  assert.deepEqual(sent, ['<secret>', 'QUIT']);
});

const startTls = [
  { expect: '^220 ' },
  { send: 'STARTTLS\r' },
  { expect: '^220 ' },
  { starttls: true },
  { send: 'EHLO prober\r' },
  { expect: '^250 AUTH' },
];

test('STARTTLS secures the rest of the dialogue', async (t) => {
  const { address } = await serveMail(t, valid());
  const tls_config = { insecure_skip_verify: true };
  const { success, metrics, failure } = await probeOnce(
    { prober: 'tcp', tcp: { query_response: startTls, tls_config } },
    address,
  );
  assert.equal(success, true, failure?.message);
  assert.equal(metrics.get('probe_tls_version_info{version="TLS 1.3"}'), 1);
  assert.ok((metrics.get('probe_tcp_duration_seconds{phase="tls"}') ?? 0) > 0);
});

test('what comes in plain text behind the go-ahead is not taken for an answer under TLS', async (t) => {
  const injected = (socket: Socket): void => {
    socket.write('220 ready\r\n');
    socket.once('data', () => socket.write('220 go ahead\r\n250 AUTH injected\r\n'));
  };
  const { address } = await serveTcp(t, injected);
  const tls_config = { insecure_skip_verify: true };
  const module = {
    prober: 'tcp',
    tcp: { query_response: startTls, tls_config },
    connection: { tls_handshake_timeout: '100ms' },
  };
  const { failure, log, metrics } = await probeOnce(module, address);
  assert.deepEqual([failure?.phase, failure?.reason], ['tls', 'timeout']);
  assert.equal(metrics.get('probe_failure_step'), 4);
  assert.ok(log.some(({ message }) => message.includes('before the TLS handshake is dropped')));
});

test('a probe that is called off while it waits for a line', async (t) => {
  const controller = new AbortController();
  const { address } = await serveTcp(t, (socket) => socket.once('data', () => controller.abort()));
  const module = { prober: 'tcp', tcp: { query_response: [{ send: 'hello' }, { expect: '^a' }] } };
  const { failure } = await probeOnce(module, address, { signal: controller.signal });
  assert.deepEqual([failure?.phase, failure?.reason], ['dialogue', 'cancelled']);
  assert.match(failure?.message ?? '', /^Step 2: /);
});

test('a probe that is called off while nobody takes what it sends', async (t) => {
  const controller = new AbortController();
  const { address } = await serveTcp(t, (socket) => {
    socket.write(`${'x'.repeat(60_000)}\n`);
    socket.once('readable', () => controller.abort());
  });
  // More than both ends' buffers hold.
  const module = { prober: 'tcp', tcp: { query_response: [{ expect: '^(x+)$', send: '$1'.repeat(300) }] } };
  const { failure } = await probeOnce(module, address, { signal: controller.signal });
  assert.deepEqual([failure?.phase, failure?.reason], ['dialogue', 'cancelled']);
});

function greet(socket: Socket): void {
  socket.write('hello world\n');
  socket.on('data', (chunk) => socket.write(chunk));
}
