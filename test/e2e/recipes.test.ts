import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { expired, validRsa } from '../support/identities.ts';
import { health, serveGrpc } from '../support/grpc-server.ts';
import { unavailable } from '../support/peers-available.ts';
import { serveTcp } from '../support/servers.ts';
import { temporaryFolder } from '../support/temporary-files.ts';
import { apiVersions } from './recipes/kafka.ts';
import { dovecot, postfix } from './recipes/mail.ts';
import { bind, serial } from './recipes/names.ts';
import { assertFailure, assertSuccess, type Prober, startProber } from './recipes/prober.ts';
import { type ServerRecipe, startServer } from './recipes/scene.ts';
import { mariadb, memcached, openldap, postgresql, redis, zookeeper } from './recipes/storage.ts';
import { mosquitto, ngircd, openssh, prosody, vsftpd } from './recipes/talk.ts';
import { nginx } from './recipes/web.ts';

/** A module, a port of the server that it is to work with, and what its series must show. */
type Row<Port> = readonly [module: string, port: Port, ...patterns: readonly RegExp[]];

const secured = /^probe_ssl_earliest_cert_expiry \d/m;
const verified = /^probe_tls_version_info\{version="TLS 1\.[23]"\} 1$/m;

/** Starts a server, probes it with each module, stops it, and probes it again. */
async function rehearse<Port extends string>(
  t: TestContext,
  prober: Prober,
  recipe: ServerRecipe<Port>,
  rows: readonly Row<Port>[],
): Promise<void> {
  const server = await startServer(t, recipe);
  if (server === undefined) return;
  for (const [module, port, ...patterns] of rows) {
    await t.test(module, async () => {
      assertSuccess(await prober.probe(module, `127.0.0.1:${server.ports[port]}`), ...patterns);
    });
  }
  await server.stop();
  for (const [module, port] of rows) {
    await t.test(`${module}, once the server has gone`, async () => {
      assertFailure(await prober.probe(module, `127.0.0.1:${server.ports[port]}`), 'connect', 'refused');
    });
  }
}

test('the example configuration works with real servers', async (t) => {
  const prober = await startProber(t);
  const servers = <Port extends string>(name: string, recipe: ServerRecipe<Port>, ...rows: readonly Row<Port>[]) =>
    t.test(name, (inner) => rehearse(inner, prober, recipe, rows));

  await servers(
    'OpenSSH',
    openssh,
    ['tcp_connect', 'ssh'],
    ['ssh_banner', 'ssh'],
    ['ssh_banner_extract', 'ssh', /^probe_expect_info\{.*ssh_version="OpenSSH_\d/m],
  );
  await servers('vsftpd', vsftpd, ['ftp_banner', 'ftp'], ['ftp_auth_tls', 'ftp', secured, verified]);
  await servers(
    'Postfix',
    postfix,
    ['smtp_starttls', 'smtp', secured, verified],
    ['smtps_banner', 'smtps', secured, verified],
  );
  await servers(
    'Dovecot',
    dovecot,
    ['imap_starttls', 'imap', secured, verified],
    ['imaps_banner', 'imaps', secured, verified],
    ['pop3_starttls', 'pop3', secured, verified],
    ['pop3s_banner', 'pop3s', secured, verified],
  );
  await servers('PostgreSQL', postgresql, ['postgresql', 'sql', secured, verified]);
  await servers('MariaDB', mariadb, ['mysql_greeting', 'sql'], ['mysql_tls', 'sql', secured, verified]);
  await servers(
    'Redis',
    redis,
    ['redis_ping', 'plain'],
    ['redis_tls_ping', 'tls', secured, verified],
    ['tls_connect', 'tls', secured, verified],
  );
  await servers('memcached', memcached, [
    'memcached_version',
    'cache',
    /^probe_expect_info\{memcached_version="\d+\.\d+/m,
  ]);
  await servers('OpenLDAP', openldap, ['ldap_starttls', 'ldap', secured, verified]);
  await servers('ZooKeeper', zookeeper, ['zookeeper_ruok', 'client']);
  await servers('ngIRCd', ngircd, ['irc_banner', 'irc']);
  await servers('Prosody', prosody, ['xmpp_offers_starttls', 'client'], ['xmpp_tls', 'tls', secured, verified]);
  await servers('Mosquitto', mosquitto, ['mqtt_connect', 'mqtt']);

  await t.test('Redis at a socket file', async (inner) => {
    const server = await startServer(inner, redis);
    if (server === undefined) return;
    const target = join(server.folder, 'redis.sock');
    assertSuccess(await prober.probe('unix_socket_ping', target));
    await server.stop();
    assertFailure(await prober.probe('unix_socket_ping', target), 'connect', 'not_found');
  });

  await t.test('Kafka, as its protocol is described', async (inner) => {
    const { address } = await serveTcp(inner, (socket) => {
      socket.once('data', (request: Buffer) => socket.write(apiVersions(request)));
    });
    assertSuccess(await prober.probe('kafka_api_versions', address));
  });

  await t.test('nginx', (inner) => probeNginx(inner, prober));
  await t.test('BIND', (inner) => probeBind(inner, prober));

  await t.test('gRPC health', async (inner) => {
    const plain = await serveGrpc(inner, health(1));
    assertSuccess(await prober.probe('grpc_plain', plain.address), /^probe_grpc_status_code 0$/m);
    const tls = await serveGrpc(inner, health(1), { identity: validRsa() });
    assertSuccess(await prober.probe('grpc', tls.address), secured, verified);
    const ill = await serveGrpc(inner, health(2));
    assertFailure(await prober.probe('grpc_plain', ill.address), 'check', 'health');
  });

  await t.test('pings', async () => {
    assertSuccess(await prober.probe('icmp', '127.0.0.1'));
    assertSuccess(await prober.probe('icmp_ttl5', '127.0.0.1'));
    assertSuccess(await prober.probe('icmp_series', '127.0.0.1'), /^probe_icmp_.*loss.* 0$/m);
  });

  await t.test('certificates in files', async () => {
    const folder = join(temporaryFolder(), 'certs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.pem'), validRsa().chain);
    assertSuccess(await prober.probe('certificate_files', `${folder}/*.pem`), secured, /^probe_tls_files 1$/m);
    writeFileSync(join(folder, 'b.pem'), expired().cert);
    const found = await prober.probe('certificate_files', `${folder}/*.pem`);
    assertFailure(found, 'check', 'certificate_expired');
  });

  await t.test('no module was left out', (inner) => {
    const left = prober.unused().filter((module) => module !== 'websocket');
    if (left.length > 0) unavailable(inner, `not run, as their servers are missing: ${left.join(', ')}`);
  });
});

async function probeNginx(t: TestContext, prober: Prober): Promise<void> {
  const server = await startServer(t, nginx);
  if (server === undefined) return;
  const plain = `http://localhost:${server.ports.plain}`;
  const secure = `https://localhost:${server.ports.tls}`;
  const rows = [
    ['http_2xx', plain, /^probe_http_redirects 1$/m, secured, verified],
    ['http_post_2xx', secure, secured],
    ['http_2_only', secure, /^probe_http_version 2$/m],
    ['http_to_https', plain, /^probe_http_status_code 301$/m],
    ['http_api_token', `${secure}/ping`, /^probe_http_status_code 201$/m],
    ['http_basic_auth', `${secure}/private`, secured],
    ['http_json_cel', `${secure}/health`, secured],
    ['http_json_regexp', `${secure}/health`, secured],
    ['http_mtls', `https://localhost:${server.ports.mtls}`, secured, verified],
  ] as const;
  for (const [module, target, ...patterns] of rows) {
    await t.test(module, async () => assertSuccess(await prober.probe(module, target), ...patterns));
  }

  await probeTenant(t, prober, `${secure}/tenant`);

  const failures = [
    ['http_2_only', `${plain}/plain`, 'check', 'http_version'],
    ['http_to_https', secure, 'check', 'status'],
    ['http_api_token', `${secure}/private`, 'check', 'status'],
    ['http_2xx', `${secure}/private`, 'check', 'status'],
    ['http_json_cel', `${secure}/ill`, 'check', 'cel'],
    ['http_json_regexp', `${secure}/ill`, 'check', 'regexp'],
    ['http_2xx', `https://localhost:${server.ports.mtls}`, 'check', 'status'],
    ['http_2xx', `https://127.0.0.2:${server.ports.tls}`, 'tls', 'certificate_wrong_host'],
  ] as const;
  for (const [module, target, phase, reason] of failures) {
    await t.test(`${module} fails at ${new URL(target).pathname}: ${reason}`, async () => {
      assertFailure(await prober.probe(module, target), phase, reason);
    });
  }
}

/** The page is there for one tenant. */
async function probeTenant(t: TestContext, prober: Prober, target: string): Promise<void> {
  await t.test('http_api_tenant', async () => {
    const acme = await prober.probe('http_api_tenant', target, { param_tenant: 'acme' });
    assertSuccess(acme, /^probe_attempts 1$/m);
    assertFailure(await prober.probe('http_api_tenant', target, { param_tenant: 'other' }), 'check', 'status');
  });
}

async function probeBind(t: TestContext, prober: Prober): Promise<void> {
  const server = await startServer(t, bind);
  if (server === undefined) return;
  const { dns, dot, doh } = server.ports;
  const target = `127.0.0.1:${dns}`;
  await t.test('dns_soa', async () => {
    assertSuccess(await prober.probe('dns_soa', target), new RegExp(`^probe_dns_serial ${serial}$`, 'm'));
  });
  const one = /^probe_dns_answer_rrs 1$/m;
  await t.test('dns_udp', async () => assertSuccess(await prober.probe('dns_udp', target), one));
  await t.test('dns_tcp', async () => assertSuccess(await prober.probe('dns_tcp', target), one));
  await t.test('dns_tls', async () => {
    assertSuccess(await prober.probe('dns_tls', `127.0.0.1:${dot}`), one, secured, verified);
  });
  await t.test('dns_https', async () => {
    assertSuccess(await prober.probe('dns_https', `https://localhost:${doh}/dns-query`), one, secured);
  });
  await t.test('dns_by_name', async () => {
    assertSuccess(await prober.probe('dns_by_name', target, { param_name: 'www.example.com' }), one);
    assertFailure(await prober.probe('dns_by_name', target, { param_name: 'no.example.com' }), 'check', 'rcode');
  });
  await server.stop();
  await t.test('dns_tcp, once the server has gone', async () => {
    assertFailure(await prober.probe('dns_tcp', target), 'connect', 'refused');
  });
}
