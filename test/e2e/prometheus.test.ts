import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runChild, startChild } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { startExporter, type Exporter } from '../support/exporter.ts';
import { get } from '../support/get.ts';
import { root, valid } from '../support/identities.ts';
import { findTool } from '../support/peers-available.ts';
import { closedPort, listen, serveHttp, serveHttp2, serveTcp, serveTls } from '../support/servers.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary-files.ts';

const modules = {
  http_2xx: { prober: 'http', timeout: '5s', http: { tls_config: { ca: root.cert } } },
  tcp_banner: {
    prober: 'tcp',
    timeout: '5s',
    tcp: { query_response: [{ expect: '^SSH-([^-]+)', labels: [{ name: 'ssh_version', value: '$1' }] }] },
  },
  tcp_tls: { prober: 'tcp', timeout: '5s', tcp: { tls: true, tls_config: { ca: root.cert } } },
};

interface Targets {
  readonly http: string;
  readonly https: string;
  readonly tcp: string;
  readonly tls: string;
  readonly refused: string;
}

async function openTargets(t: TestContext): Promise<Targets> {
  return {
    http: (await serveHttp(t)).origin,
    https: (await serveHttp2(t, valid())).origin,
    tcp: (await serveTcp(t, (socket) => socket.write('SSH-2.0-Test\r\n'))).address,
    tls: (await serveTls(t, valid())).address,
    refused: `127.0.0.1:${await closedPort(t)}`,
  };
}

test('Prometheus scrapes it through the usual relabel configuration', async (t) => {
  const program = findTool(t, 'prometheus');
  if (program === undefined) return;
  const targets = await openTargets(t);
  const exporter = await startExporter(t, { config: JSON.stringify({ modules }) });
  const witness = await startWitness(t, exporter);
  const prometheus = await startPrometheus(t, program, configuration(targets, witness.address));
  const { query } = prometheus;
  const { http, https, tcp, tls, refused } = targets;

  await t.test('every target is up', async () => {
    const instances = [http, https, tcp, tls, refused];
    await eventually(async () => {
      assert.deepEqual(await query('up{job=~"blackbox.*"}', 'instance'), each(instances, 1));
      assert.deepEqual(await query('up{job="exporter"}', 'job'), { exporter: 1 });
    });
    assert.deepEqual(await prometheus.scrapeErrors(), []);
  });

  await t.test('success and the reason of a failure', async () => {
    assert.deepEqual(await query('probe_success', 'instance'), { ...each([http, https, tcp, tls], 1), [refused]: 0 });
    const why = `probe_failure_info{instance="${refused}"}`;
    assert.deepEqual(await query(why, 'phase', 'reason'), { 'connect refused': 1 });
    assert.deepEqual(await query('probe_expect_info', 'instance', 'ssh_version'), { [`${tcp} 2.0`]: 1 });
    assert.deepEqual(await query('probe_timeout_seconds', 'instance'), each([http, https, tcp, tls, refused], 0.5));
  });

  await t.test('the phases', async () => {
    const phases = ['connect', 'processing', 'resolve', 'tls', 'transfer'];
    const seconds = await query(`probe_http_duration_seconds{instance="${https}"}`, 'phase');
    assert.deepEqual(Object.keys(seconds).toSorted(), phases);
    for (const phase of phases) assert.ok((seconds[phase] ?? 0) > 0, `${phase} took ${seconds[phase]} s`);
    const plain = await query(`probe_http_duration_seconds{instance="${http}"}`, 'phase');
    assert.equal(plain['tls'], 0);
    const tcpPhases = await query(`probe_tcp_duration_seconds{instance="${tls}"}`, 'phase');
    assert.ok((tcpPhases['tls'] ?? 0) > 0, JSON.stringify(tcpPhases));
  });

  await t.test('HTTP and TLS', async () => {
    assert.deepEqual(await query('probe_http_version', 'instance'), { [http]: 1.1, [https]: 2 });
    assert.deepEqual(await query('probe_http_status_code', 'instance'), each([http, https], 200));
    const versions = await query('probe_tls_version_info', 'instance', 'version');
    assert.deepEqual(versions, each([`${https} TLS 1.3`, `${tls} TLS 1.3`], 1));
    const expiry = await query('probe_ssl_earliest_cert_expiry - time() > 59 * 86400', 'instance');
    assert.deepEqual(Object.keys(expiry).toSorted(), [https, tls].toSorted());
  });

  await t.test('the TCP states', { skip: process.platform !== 'linux' && 'needs the kernel of Linux' }, async () => {
    const connected = [http, https, tcp, tls];
    const closed = await query('probe_tcp_closed_state', 'instance', 'state');
    assert.deepEqual(
      closed,
      each(
        [...connected, refused].map((instance) => `${instance} closed`),
        1,
      ),
    );
    for (const family of ['probe_tcp_rtt_seconds > 0', 'probe_tcp_received_bytes', 'probe_tcp_send_mss_bytes > 0']) {
      assert.deepEqual(Object.keys(await query(family, 'instance')).toSorted(), connected.toSorted(), family);
    }
    const waiting = await query('probe_tcp_sockets{state="time_wait"}', 'instance');
    assert.deepEqual(waiting, each([...connected, refused], 0));
  });

  await t.test('the exporter itself', async () => {
    assert.deepEqual(await query('blackbox_exporter_config_last_reload_successful', 'job'), { exporter: 1 });
    const total = 'sum by (module, outcome) (clearbox_probes_total) > 0';
    const outcomes = ['http_2xx success', 'tcp_banner failure', 'tcp_banner success', 'tcp_tls success'];
    await eventually(async () => {
      assert.deepEqual(Object.keys(await query(total, 'module', 'outcome')).toSorted(), outcomes);
    });
  });

  await t.test('OpenMetrics is what they agree on', () => {
    const probes = [...witness.contentTypes].filter(([path]) => path.startsWith('/probe'));
    assert.equal(probes.length, 5);
    for (const [path, type] of probes) assert.match(type, /^application\/openmetrics-text/, path);
  });
});

test('promtool has no complaint', async (t) => {
  const program = findTool(t, 'promtool');
  if (program === undefined) return;
  const { http, https, tcp, tls, refused } = await openTargets(t);
  const exporter = await startExporter(t, { config: JSON.stringify({ modules }) });
  const paths = [
    ...[http, https, refused].map((target) => `/probe?target=${target}`),
    ...[tcp, refused].map((target) => `/probe?module=tcp_banner&target=${target}`),
    `/probe?module=tcp_tls&target=${tls}`,
    '/metrics',
  ];
  for (const path of paths) {
    const { status, text } = await get(exporter.url + path);
    assert.equal(status, 200, path);
    assert.deepEqual(await runChild(program, ['check', 'metrics'], { input: text }), { status: 0, output: '' }, path);
  }
});

function each(keys: readonly string[], value: number): Record<string, number> {
  return Object.fromEntries(keys.map((key) => [key, value]));
}

function configuration(targets: Targets, exporter: string): object {
  const job = (module: string, ...instances: string[]) => ({
    job_name: `blackbox_${module}`,
    metrics_path: '/probe',
    params: { module: [module] },
    static_configs: [{ targets: instances }],
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: exporter },
    ],
  });
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      job('http_2xx', targets.http, targets.https),
      job('tcp_banner', targets.tcp, targets.refused),
      job('tcp_tls', targets.tls),
      { job_name: 'exporter', static_configs: [{ targets: [exporter] }] },
    ],
  };
}

interface Prometheus {
  /** The values of an instant query, by the given labels. */
  readonly query: (expression: string, ...labels: string[]) => Promise<Record<string, number>>;
  readonly scrapeErrors: () => Promise<string[]>;
}

async function startPrometheus(t: TestContext, program: string, config: object): Promise<Prometheus> {
  const child = startChild(t, program, [
    '--web.listen-address=127.0.0.1:0',
    `--config.file=${temporaryFile('prometheus.yml', JSON.stringify(config))}`,
    `--storage.tsdb.path=${join(temporaryFolder(), 'prometheus')}`,
  ]);
  const [, address] = await child.waitFor(/msg="Listening on".* address=(\S+)/);
  await child.waitFor(/Server is ready to receive web requests/);
  const ask = async (path: string): Promise<unknown> => {
    const { status, text } = await get(`http://${address}/api/v1/${path}`);
    assert.equal(status, 200, text);
    return (JSON.parse(text) as { data: unknown }).data;
  };
  return {
    async query(expression, ...labels) {
      const data = (await ask(`query?${new URLSearchParams({ query: expression }).toString()}`)) as {
        result: Sample[];
      };
      return Object.fromEntries(
        data.result.map(({ metric, value }) => [labels.map((label) => metric[label]).join(' '), Number(value[1])]),
      );
    },
    async scrapeErrors() {
      const { activeTargets } = (await ask('targets')) as { activeTargets: { lastError: string }[] };
      return activeTargets.map(({ lastError }) => lastError).filter((error) => error !== '');
    },
  };
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Passes requests on to the exporter and keeps the content type of each path's answer. */
async function startWitness(
  t: TestContext,
  exporter: Exporter,
): Promise<{ readonly address: string; readonly contentTypes: Map<string, string> }> {
  const contentTypes = new Map<string, string>();
  const server = createServer((incoming, outgoing) => {
    const passed = request(new URL(incoming.url ?? '', exporter.url), { headers: incoming.headers }, (answer) => {
      contentTypes.set(incoming.url ?? '', answer.headers['content-type'] ?? '');
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  const { address } = await listen(t, server);
  return { address, contentTypes };
}
