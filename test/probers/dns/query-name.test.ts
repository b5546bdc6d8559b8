import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from '../../../src/config/modules.ts';
import { questionOf } from '../../../src/probers/dns/message.ts';
import { probers } from '../../../src/probers/index.ts';
import { testApp } from '../../server/test-app.ts';
import { answerTo } from './messages.ts';
import { type DnsServer, serveUdp } from './servers.ts';

const { modules } = loadModules(
  JSON.stringify({
    modules: {
      fixed: { prober: 'dns', dns: { query_name: 'fixed.test' } },
      free: { prober: 'dns', dns: { query_name_parameter: '([a-z.]+[.])?example[.]test|a[.]{2}b' } },
      both: { prober: 'dns', dns: { query_name: 'default.test', query_name_parameter: '.*' } },
    },
  }),
  'test.yml',
  probers,
);

async function probe(server: DnsServer, module: string, name?: string): Promise<{ status: number; body: string }> {
  const { app } = testApp({ configuration: () => ({ modules, yaml: '', warnings: [] }) });
  const query = { module, target: server.address, ...(name !== undefined && { query_name: name }) };
  const answer = await app.inject({ url: '/probe', query });
  return { status: answer.statusCode, body: answer.body };
}

const asked: readonly (readonly [module: string, name: string | undefined, asked: string])[] = [
  ['fixed', undefined, 'fixed.test.'],
  ['fixed', '', 'fixed.test.'],
  ['free', 'example.test', 'example.test.'],
  ['free', 'www.example.test', 'www.example.test.'],
  ['both', undefined, 'default.test.'],
  ['both', 'Other.Test.', 'other.test.'],
  ['both', String.raw`a\.b.test`, String.raw`a\.b.test.`],
];

for (const [module, name, wanted] of asked) {
  test(`module ${module} with query_name ${name} asks for ${wanted}`, async (t) => {
    const server = await serveUdp(t, (query) => [answerTo(query)]);
    const { status, body } = await probe(server, module, name);
    assert.equal(status, 200);
    assert.match(body, /^probe_success 1$/m);
    assert.deepEqual(
      server.takeQueries().map((query) => questionOf(query).name),
      [wanted],
    );
  });
}

const refused: readonly (readonly [module: string, name: string | undefined, says: RegExp])[] = [
  ['fixed', 'other.test', /does not allow the parameter query_name/],
  ['free', undefined, /query_name must be given/],
  ['free', 'other.test', /does not allow query_name to be "other.test"/],
  ['free', 'www.example.test.other', /does not allow/],
  ['free', 'a..b', /is no domain name: it has an empty label/],
];

for (const [module, name, says] of refused) {
  test(`module ${module} refuses query_name ${name}`, async (t) => {
    const server = await serveUdp(t, (query) => [answerTo(query)]);
    const { status, body } = await probe(server, module, name);
    assert.equal(status, 400);
    assert.match(body, says);
    assert.deepEqual(server.takeQueries(), []);
  });
}
