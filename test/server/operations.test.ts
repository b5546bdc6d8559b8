import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testApp } from './test-app.ts';

test('the exporter says that it is healthy, to every method', async () => {
  const { app } = testApp();
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'] as const) {
    const answer = await app.inject({ method, url: '/-/healthy' });
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.body, 'Healthy');
  }
  const head = await app.inject({ method: 'HEAD', url: '/-/healthy' });
  assert.equal(head.statusCode, 200);
  assert.equal(head.headers['content-length'], '7');
  assert.equal(head.body, '');
});

test('the configuration is shown as plain text', async () => {
  const answer = await testApp().app.inject('/config');
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(answer.body, 'modules: {}\n');
});

test('a reload is asked for by POST', async () => {
  let reloads = 0;
  const { app } = testApp({ reload: () => Promise.resolve(void (reloads += 1)) });
  const answer = await app.inject({ method: 'POST', url: '/-/reload' });
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.body, '');
  for (const method of ['GET', 'HEAD', 'PUT'] as const) {
    assert.equal((await app.inject({ method, url: '/-/reload' })).statusCode, 405);
  }
  assert.equal(reloads, 1);
});

test('a reload that fails is answered by 500 and the mistakes', async () => {
  const { app } = testApp({ reload: () => Promise.resolve('a.yml:1:2: modules: a mistake\na.yml:3:4: another') });
  const answer = await app.inject({ method: 'POST', url: '/-/reload' });
  assert.equal(answer.statusCode, 500);
  assert.match(answer.body, /a\.yml:1:2: modules: a mistake\na\.yml:3:4: another\n$/);
});

test('the metrics of the exporter have the names that alerts use', async () => {
  const { app, instance } = testApp();
  instance.configurationLoaded(true);
  const answer = await app.inject('/metrics');
  assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const sample of [
    /^blackbox_exporter_build_info{.*version="\d+\.\d+\.\d+".*} 1$/m,
    /^blackbox_exporter_config_last_reload_successful 1$/m,
    /^blackbox_exporter_config_last_reload_success_timestamp_seconds \d{10}/m,
    /^blackbox_module_unknown_total 0$/m,
    /^process_open_fds \d+$/m,
    /^nodejs_eventloop_lag_seconds /m,
  ]) {
    assert.match(answer.body, sample);
  }
});

test('a refused configuration is told by the gauge and leaves the time of the last success', async () => {
  const { app, instance } = testApp();
  instance.configurationLoaded(true);
  const before = (await app.inject('/metrics')).body;
  instance.configurationLoaded(false);
  const after = (await app.inject('/metrics')).body;
  const time = /^blackbox_exporter_config_last_reload_success_timestamp_seconds .*$/m;
  assert.match(after, /^blackbox_exporter_config_last_reload_successful 0$/m);
  assert.equal(time.exec(after)?.[0], time.exec(before)?.[0]);
});

test("the kernel's readings are shown as they are now, and absent when it cannot be asked", async () => {
  let states: Record<string, number> | undefined = { established: 3, time_wait: 2 };
  let inUse: number | undefined = 7;
  const kernel = { socketsByState: () => states, localPortsInUse: () => inUse, localPortLimit: () => 28_232 };
  const { app } = testApp({ kernel });
  const first = (await app.inject('/metrics')).body;
  assert.match(first, /^clearbox_tcp_sockets{state="established"} 3$/m);
  assert.match(first, /^clearbox_tcp_sockets{state="time_wait"} 2$/m);
  assert.match(first, /^clearbox_local_ports_in_use 7$/m);
  assert.match(first, /^clearbox_local_ports_limit 28232$/m);
  states = { established: 0 };
  inUse = undefined;
  const second = (await app.inject('/metrics')).body;
  assert.match(second, /^clearbox_tcp_sockets{state="established"} 0$/m);
  assert.ok(!second.includes('time_wait'));
  assert.ok(!/^clearbox_local_ports_in_use /m.test(second));
  states = undefined;
  assert.ok(!/^clearbox_tcp_sockets/m.test((await app.inject('/metrics')).body));
});

test('an error that is a bug is answered by 500 without its text, logged with its stack, and counted', async () => {
  const { app, logged } = testApp({ reload: () => Promise.reject(new TypeError('a bug')) });
  const answer = await app.inject({ method: 'POST', url: '/-/reload' });
  assert.equal(answer.statusCode, 500);
  assert.ok(!answer.body.includes('a bug'));
  assert.match(logged.join(''), /level=ERROR .*TypeError: a bug.*operations\.test\.js/);
  assert.match((await app.inject('/metrics')).body, /^clearbox_internal_errors_total{where="request"} 1$/m);
});
