import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { onAbort } from '../../src/net/abort.ts';
import type { Probe } from '../../src/probe/context.ts';
import { Listeners } from '../../src/server/listen.ts';
import { configuration, measure, testApp, testModule } from './test-app.ts';

const refusals: readonly { url: string; status: number; says: RegExp; header?: string; reason?: string }[] = [
  { url: '/probe', status: 400, says: /target is missing/, reason: 'no_target' },
  { url: '/probe?target=', status: 400, says: /target is missing/, reason: 'no_target' },
  { url: '/probe?target=&target=a', status: 400, says: /target is missing/, reason: 'no_target' },
  { url: '/probe?target=%zz', status: 400, says: /target is missing/, reason: 'no_target' },
  { url: '/probe?module=nope&target=a', status: 400, says: /no module "nope"/, reason: 'unknown_module' },
  { url: '/probe?module=no%22pe%0a&target=a', status: 400, says: /no module "no\\"pe\\n"/, reason: 'unknown_module' },
  { url: '/probe?module=nope', status: 400, says: /no module "nope"/, header: 'abc', reason: 'unknown_module' },
  {
    url: '/probe?target=a',
    status: 500,
    says: /not a number of seconds: "abc"/,
    header: 'abc',
    reason: 'bad_scrape_timeout',
  },
  { url: '/probe', status: 500, says: /not a number of seconds: "abc"/, header: 'abc', reason: 'bad_scrape_timeout' },
];

for (const { url, status, says, header, reason } of refusals) {
  test(`${url} is answered by ${status}${header === undefined ? '' : ` when the scrape timeout is ${header}`}`, async () => {
    const { app, metrics } = testApp();
    const headers = header === undefined ? {} : { 'x-prometheus-scrape-timeout-seconds': header };
    const answer = await app.inject({ url, headers });
    assert.equal(answer.statusCode, status);
    assert.match(answer.body, says);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.match(await metrics.registry.metrics(), new RegExp(`clearbox_probes_rejected_total{reason="${reason}"} 1`));
  });
}

test('a probe is answered by its metrics', async () => {
  const { app } = testApp();
  const answer = await app.inject('/probe?target=abc');
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.match(answer.body, /^probe_test_target_length 3$/m);
  assert.match(answer.body, /^probe_success 1$/m);
  assert.match(answer.body, /^probe_timeout_seconds 5$/m);
});

test('a probe that fails is answered by 200 and probe_success 0', async () => {
  const { app } = testApp();
  const answer = await app.inject('/probe?target=bad');
  assert.equal(answer.statusCode, 200);
  assert.match(answer.body, /^probe_success 0$/m);
  assert.match(answer.body, /^probe_failure_info{phase="connect",reason="refused"} 1$/m);
});

test('a client that prefers OpenMetrics gets it', async () => {
  const { app } = testApp();
  const answer = await app.inject({ url: '/probe?target=abc', headers: { accept: 'application/openmetrics-text' } });
  assert.equal(answer.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  assert.ok(answer.body.endsWith('\n# EOF\n'));
});

test('the module that is named runs, http_2xx when none is', async () => {
  const ran: string[] = [];
  const named = (name: string) => testModule(name, async () => void ran.push(name));
  const { app } = testApp({ configuration: () => configuration(named('http_2xx'), named('other')) });
  for (const parameters of ['', '&module=', '&module=other', '&module=other&module=http_2xx']) {
    await app.inject(`/probe?target=a${parameters}`);
  }
  assert.deepEqual(ran, ['http_2xx', 'http_2xx', 'other', 'other']);
});

test('target and hostname reach the probe, the target unescaped once', async () => {
  const seen: (readonly [string, string | undefined])[] = [];
  const spy: Probe = async ({ target, hostname }) => void seen.push([target, hostname]);
  const { app } = testApp({ configuration: () => configuration(testModule('http_2xx', spy)) });
  for (const parameters of [
    'target=a&hostname=h',
    'target=a%252Bb+c%2Bd&hostname=',
    'target=50%25',
    'target=a&target=b',
  ]) {
    await app.inject(`/probe?${parameters}`);
  }
  assert.deepEqual(seen, [
    ['a', 'h'],
    ['a%2Bb c+d', undefined],
    ['50%', undefined],
    ['a', undefined],
  ]);
});

test('HEAD runs the probe and answers by headers alone, POST with a body as GET does', async () => {
  const { app, history } = testApp();
  const head = await app.inject({ method: 'HEAD', url: '/probe?target=abc' });
  assert.equal(head.statusCode, 200);
  assert.equal(head.body, '');
  assert.ok(Number(head.headers['content-length']) > 100);
  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/x-odd']) {
    const post = await app.inject({
      method: 'POST',
      url: '/probe?target=abc',
      payload: 'target=other',
      headers: { 'content-type': type },
    });
    assert.equal(post.statusCode, 200);
    assert.match(post.body, /^probe_test_target_length 3$/m);
  }
  assert.equal(history.list().length, 4);
});

test('debug=true gives the log, the metrics and the module', async () => {
  const { app } = testApp();
  const answer = await app.inject('/probe?target=bad&debug=true');
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
  assert.match(answer.body, /msg=Measuring .*length=3/);
  assert.match(answer.body, /^probe_success 0$/m);
  assert.match(answer.body, /prober: test # http_2xx\n$/);
});

for (const debug of ['1', 'false', 'TRUE', '']) {
  test(`debug=${debug} is answered by metrics`, async () => {
    const answer = await testApp().app.inject(`/probe?target=a&debug=${debug}`);
    assert.match(answer.body, /^# HELP/);
  });
}

test('debug=true is refused when it is switched off, and nothing is probed', async () => {
  const { app, history } = testApp({ debug: false });
  const answer = await app.inject('/probe?target=a&debug=true');
  assert.equal(answer.statusCode, 403);
  assert.equal(history.list().length, 0);
  assert.equal((await app.inject('/probe?target=a')).statusCode, 200);
});

test('what probes say is logged from the chosen level on', async () => {
  const says = { debug: ['Beginning probe', 'Measuring', 'Probe failed'], info: ['Probe failed'], error: [], none: [] };
  for (const [level, expected] of Object.entries(says)) {
    const { app, logged } = testApp({ probeLogLevel: level as keyof typeof says });
    await app.inject('/probe?target=bad');
    assert.deepEqual(
      logged.map((line) => /msg=(?:"([^"]*)"|(\S+))/.exec(line)?.slice(1).join('')),
      expected,
    );
    for (const line of logged) assert.match(line, / module=http_2xx target=bad /);
  }
});

test('credentials of a target stay out of the log', async () => {
  const { app, logged } = testApp({ probeLogLevel: 'debug' });
  await app.inject('/probe?target=http://user:hunter2@host/');
  assert.ok(logged.length > 0);
  assert.ok(!logged.join('').includes('hunter2'));
});

test('probes are counted by module and outcome, never by target', async () => {
  const { app, metrics } = testApp();
  for (const target of ['a', 'b', 'bad']) await app.inject(`/probe?target=${target}`);
  await app.inject('/probe?target=a&module=other');
  await app.inject('/probe?target=a&module=nope');
  const text = await metrics.registry.metrics();
  for (const line of [
    'clearbox_probes_total{module="http_2xx",outcome="success"} 2',
    'clearbox_probes_total{module="http_2xx",outcome="failure"} 1',
    'clearbox_probes_total{module="other",outcome="success"} 1',
    'clearbox_probe_failures_total{module="http_2xx",phase="connect",reason="refused"} 1',
    'clearbox_probe_duration_seconds_count{module="http_2xx"} 3',
    'clearbox_probes_in_flight 0',
    'blackbox_module_unknown_total 1',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
  assert.ok(!text.includes('"bad"'));
});

test('a prober with a bug ends its probe alone', async () => {
  const broken: Probe = () => Promise.reject(new TypeError('a bug'));
  const { app, logged } = testApp({
    configuration: () => configuration(testModule('http_2xx', broken), testModule('fine', measure)),
  });
  assert.match((await app.inject('/probe?target=a')).body, /^probe_success 0$/m);
  assert.match(logged.join(''), /a bug/);
  assert.match((await app.inject('/probe?target=a&module=fine')).body, /^probe_success 1$/m);
});

test('a probe is cancelled when its client goes away', async (t) => {
  let begun = (): void => {};
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  const untilAborted: Probe = async ({ signal }) => {
    begun();
    await new Promise<void>((resolve) => onAbort(signal, resolve));
  };
  const { app, admission, history } = testApp({
    configuration: () => configuration(testModule('http_2xx', untilAborted)),
  });
  await app.ready();
  const listeners = new Listeners(app);
  t.after(() => listeners.close(0));
  const address = await listeners.add({ host: '127.0.0.1', port: 0 });
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  socket.write('GET /probe?target=a HTTP/1.1\r\nHost: x\r\n\r\n');
  await beginning;
  assert.equal(admission.running, 1);
  const ended = new Promise<void>((resolve) => {
    t.mock.method(history, 'add', () => resolve());
  });
  socket.destroy();
  await ended;
  assert.equal(admission.running, 0);
});
