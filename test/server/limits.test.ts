import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission, type AdmissionLimits } from '../../src/probe/admission.ts';
import type { Probe } from '../../src/probe/context.ts';
import { configuration, testApp, testModule, type TestApp } from './test-app.ts';

/** An app whose probes run until they are let go. */
function heldApp(limits: AdmissionLimits): TestApp & { readonly letGo: () => void } {
  let letGo = (): void => {};
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  const held: Probe = () => gone;
  const current = configuration(testModule('http_2xx', held));
  return { ...testApp({ configuration: () => current, admission: new Admission(limits) }), letGo };
}

for (const debug of ['', '&debug=true']) {
  test(`a probe above the limit is refused at once${debug}, and runs when there is room`, async () => {
    const { app, metrics, history, letGo } = heldApp({ maxInFlight: 2 });
    const running = ['a', 'b'].map((target) => app.inject(`/probe?target=${target}${debug}`).then((answer) => answer));
    await app.ready();
    const refused = await app.inject(`/probe?target=c${debug}`);
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.headers['retry-after'], '1');
    assert.match(refused.body, /^2 probes are running, .*--probe\.max-in-flight/);
    const text = await metrics.registry.metrics();
    assert.match(text, /^clearbox_probes_rejected_total{reason="too_many_probes"} 1$/m);
    assert.match(text, /^clearbox_probes_in_flight 2$/m);
    assert.match(text, /^clearbox_probes_in_flight_limit 2$/m);
    letGo();
    for (const answer of await Promise.all(running)) assert.equal(answer.statusCode, 200);
    assert.equal((await app.inject(`/probe?target=c${debug}`)).statusCode, 200);
    assert.equal(history.list().length, 3);
  });
}

test('a host that has its share of probes is refused, another is not', async () => {
  const { app, metrics, letGo } = heldApp({ maxPerHost: 1 });
  const running = ['http://a.test/', 'b.test:80'].map((target) =>
    app.inject(`/probe?target=${target}`).then((answer) => answer),
  );
  await app.ready();
  const refused = await app.inject('/probe?target=https://A.test:8443/x');
  assert.equal(refused.statusCode, 503);
  assert.equal(refused.headers['retry-after'], '1');
  assert.match(refused.body, /^1 probes of this host are running, .*--probe\.max-per-host/);
  assert.match(await metrics.registry.metrics(), /_rejected_total{reason="too_many_probes_of_host"} 1$/m);
  letGo();
  for (const answer of await Promise.all(running)) assert.equal(answer.statusCode, 200);
});
