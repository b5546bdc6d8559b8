import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from '../../src/config/modules.ts';
import { pingProblem } from '../../src/kernel/ping-problem.ts';
import { probers } from '../../src/probers/index.ts';
import { runChild } from '../support/child.ts';
import { probeOnce } from '../support/probe-once.ts';

const skip = process.env['CI'] === undefined ? (pingProblem() ?? false) : false;
/** Reaches this machine, which answers from another address. */
const silent = '0.0.0.0';
const module = (icmp: object = {}) => ({ prober: 'icmp', icmp });

function duration(metrics: ReadonlyMap<string, number>, phase: string): number {
  return metrics.get(`probe_icmp_duration_seconds{phase="${phase}"}`) ?? NaN;
}

for (const [target, protocol] of [
  ['127.0.0.1', 4],
  ['::1', 6],
  ['::ffff:127.0.0.1', 4],
] as const) {
  test(`${target} answers`, { skip }, async () => {
    const { success, metrics } = await probeOnce(module(), target);
    assert.ok(success);
    for (const phase of ['resolve', 'setup', 'rtt']) assert.ok(duration(metrics, phase) > 0, phase);
    assert.equal(metrics.get('probe_icmp_reply_hop_limit'), 64);
    assert.equal(metrics.get('probe_ip_protocol'), protocol);
    assert.deepEqual(
      [...metrics.keys()].filter((key) => key.startsWith('probe_icmp_')),
      [
        'probe_icmp_duration_seconds{phase="resolve"}',
        'probe_icmp_duration_seconds{phase="rtt"}',
        'probe_icmp_duration_seconds{phase="setup"}',
        'probe_icmp_reply_hop_limit',
      ],
    );
  });
}

test('a target that does not answer fails the probe at its deadline, with the phases before', { skip }, async () => {
  const { failure, metrics } = await probeOnce(module(), silent, { timeout: 0.2 });
  assert.equal(failure?.phase, 'response');
  assert.equal(failure.reason, 'timeout');
  assert.ok(duration(metrics, 'setup') > 0);
  assert.equal(duration(metrics, 'rtt'), 0);
  assert.ok(!metrics.has('probe_icmp_reply_hop_limit'));
});

test('a probe ends when nobody waits for it any more', { skip }, async () => {
  const { failure } = await probeOnce(module({ count: 3 }), silent, { signal: AbortSignal.abort() });
  assert.equal(failure?.reason, 'cancelled');
});

test('a series tells its loss and its round-trip times', { skip }, async () => {
  const { success, metrics } = await probeOnce(module({ count: 5, interval: '10ms' }), '127.0.0.1');
  assert.ok(success);
  const value = (name: string): number => metrics.get(`probe_icmp_${name}`) ?? NaN;
  assert.equal(value('packets_sent'), 5);
  assert.equal(value('packets_received'), 5);
  assert.equal(value('loss_ratio'), 0);
  const [min, mean, max] = ['min_rtt_seconds', 'mean_rtt_seconds', 'max_rtt_seconds'].map(value) as [
    number,
    number,
    number,
  ];
  assert.ok(min > 0 && min <= mean && mean <= max, `${min} ${mean} ${max}`);
  assert.ok(value('rtt_standard_deviation_seconds') <= max - min);
  assert.equal(duration(metrics, 'rtt'), mean);
});

test('a series of one is a series', { skip }, async () => {
  const { metrics } = await probeOnce(module({ count: 1 }), '127.0.0.1');
  assert.equal(metrics.get('probe_icmp_packets_received'), 1);
  assert.equal(metrics.get('probe_icmp_rtt_standard_deviation_seconds'), 0);
});

test('a series without a reply has lost everything, and has no round-trip times', { skip }, async () => {
  const { failure, metrics } = await probeOnce(module({ count: 3, interval: '10ms' }), silent, { timeout: 1 });
  assert.equal(failure?.reason, 'timeout');
  assert.equal(metrics.get('probe_icmp_packets_sent'), 3);
  assert.equal(metrics.get('probe_icmp_packets_received'), 0);
  assert.equal(metrics.get('probe_icmp_loss_ratio'), 1);
  assert.ok(![...metrics.keys()].some((key) => key.includes('rtt_')));
});

test('a series that the deadline cuts off is judged by the replies it has', { skip }, async () => {
  const { success, metrics, log } = await probeOnce(module({ count: 100, interval: '10s' }), '127.0.0.1', {
    timeout: 0.3,
  });
  assert.ok(success);
  assert.equal(metrics.get('probe_icmp_packets_sent'), 1);
  assert.ok(log.some(({ level, message }) => level === 'warn' && message.includes('deadline')));
});

const failing: readonly (readonly [name: string, icmp: object, target: string, reason: string, message: RegExp])[] = [
  ['a source of another machine', { source_ip_address: '203.0.113.9' }, '127.0.0.1', 'local_address', /203\.0\.113\.9/],
  [
    'a source of the other version of IP',
    { source_ip_address: '::1' },
    '127.0.0.1',
    'local_address',
    /no IPv4 address/,
  ],
  ['too large a payload', { payload_size: 65_508 }, '127.0.0.1', 'too_large', /too big/],
  [
    'too large a payload without fragments',
    { payload_size: 65_508, dont_fragment: true },
    '127.0.0.1',
    'too_large',
    /too big/,
  ],
  ['a broadcast address', {}, '255.255.255.255', 'permission', /broadcast/],
];

for (const [name, icmp, target, reason, message] of failing) {
  test(`${name} fails the probe with its reason`, { skip }, async () => {
    const { failure } = await probeOnce(module(icmp), target, { timeout: 2 });
    assert.equal(failure?.reason, reason);
    assert.match(failure.message, message);
  });
}

test('the source address of the module holds for all its connections', { skip }, async () => {
  const { failure } = await probeOnce({ ...module(), connection: { source_ip_address: '203.0.113.9' } }, '127.0.0.1');
  assert.equal(failure?.reason, 'local_address');
});

test('without the C library a probe fails with the reason, and the exporter lives on', async () => {
  const support = new URL('../support/probe-once.js', import.meta.url).href;
  const script = `
    const { probeOnce } = await import('${support}');
    const { failure } = await probeOnce({ prober: 'icmp' }, '127.0.0.1');
    console.log(failure.phase, failure.reason, failure.message);
  `;
  const { status, output } = await runChild(process.execPath, ['--input-type=module', '--eval', script], {
    env: { CLEARBOX_NO_FFI: '1' },
  });
  assert.match(output, /^connect permission Cannot ping, which needs the optional dependency koffi: /);
  assert.equal(status, 0);
});

const mistakes: readonly (readonly [icmp: string, message: RegExp])[] = [
  ['{ttl: -1}', /icmp\.ttl: must be .*0.*255/],
  ['{ttl: 256}', /icmp\.ttl: must be .*0.*255/],
  ['{ttl: many}', /icmp\.ttl/],
  ['{payload_size: -1}', /icmp\.payload_size: must be/],
  ['{payload_size: 65528}', /icmp\.payload_size: must be/],
  ['{source_ip_address: localhost}', /icmp\.source_ip_address: must be an IP address/],
  ['{preferred_ip_protocol: ip5}', /icmp\.preferred_ip_protocol/],
  ['{dont_fragment: 1}', /icmp\.dont_fragment/],
  ['{count: 0}', /icmp\.count: must be/],
  ['{count: 1001}', /icmp\.count: must be/],
  ['{count: 2, interval: 9ms}', /icmp\.interval: must be at least 10ms/],
  ['{payload: 3}', /icmp\.payload: /],
];

for (const [icmp, message] of mistakes) {
  test(`${icmp} is refused at load`, () => {
    const load = (): unknown => loadModules(`modules: {m: {prober: icmp, icmp: ${icmp}}}`, 'test.yml', probers);
    assert.throws(load, message);
  });
}

test('an interval without a count is warned of', () => {
  const { warnings } = loadModules('modules: {m: {prober: icmp, icmp: {interval: 1s}}}', 'test.yml', probers);
  assert.match(String(warnings), /icmp\.interval: has no effect/);
});
