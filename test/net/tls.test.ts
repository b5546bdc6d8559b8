import assert from 'node:assert/strict';
import net from 'node:net';
import type { TlsOptions as ServerOptions } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { ProbeFailure, type Reason } from '../../src/net/failure.ts';
import type { TlsSettings } from '../../src/net/settings.ts';
import type { TlsFacts } from '../../src/net/tls.ts';
import { type Identity, leaf } from '../support/certificates.ts';
import { connectTo, inline, trusting } from '../support/connections.ts';
import * as identities from '../support/identities.ts';
import { type Listening, serveTcp, serveTls } from '../support/servers.ts';

interface Handshake {
  readonly facts: TlsFacts | undefined;
  readonly failure: ProbeFailure | undefined;
}

interface Options {
  readonly settings?: Partial<TlsSettings>;
  readonly host?: string;
  readonly alpn?: readonly string[];
  readonly server?: ServerOptions;
}

/** Shakes hands with a server of `identity`. */
async function shakeHands(t: TestContext, identity: Identity, options: Options = {}): Promise<Handshake> {
  const { port } = await serveTls(t, identity, undefined, options.server);
  const connection = await connectTo(t, port);
  const { settings = {}, host = 'localhost', alpn } = options;
  try {
    await connection.startTls({ settings: { ...trusting, ...settings }, host, ...(alpn && { alpn }) });
    return { facts: connection.tls, failure: undefined };
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    return { facts: connection.tls, failure: error };
  }
}

test('a handshake tells version, cipher, protocol and the certificates as served', async (t) => {
  const { facts, failure } = await shakeHands(t, identities.valid(), {
    alpn: ['h2', 'http/1.1'],
    server: { ALPNProtocols: ['http/1.1'], honorCipherOrder: false },
  });
  assert.equal(failure, undefined);
  assert.equal(facts?.version, 'TLS 1.3');
  assert.equal(facts.cipher, 'TLS_AES_128_GCM_SHA256');
  assert.equal(facts.alpn, 'http/1.1');
  assert.deepEqual(
    facts.chain.map(({ subject }) => subject),
    ['CN=leaf.test', 'CN=Test Intermediate'],
  );
  assert.equal(facts.distrust, undefined);
  assert.deepEqual(
    facts.verified?.map(({ subject }) => subject),
    ['CN=leaf.test', 'CN=Test Intermediate', 'CN=Test Root,O=Clearbox Tests'],
  );
});

test('a handshake of TLS 1.2 without ALPN', async (t) => {
  const { facts } = await shakeHands(t, identities.validRsa(), {
    server: { maxVersion: 'TLSv1.2', honorCipherOrder: false },
  });
  assert.equal(facts?.version, 'TLS 1.2');
  assert.equal(facts.cipher, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
  assert.equal(facts.alpn, undefined);
});

const oldServer: ServerOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' };

test('TLS 1.0 is spoken where the module allows it', async (t) => {
  const { facts } = await shakeHands(t, identities.validRsa(), {
    settings: { minVersion: 'TLS10' },
    server: oldServer,
  });
  assert.equal(facts?.version, 'TLS 1.0');
});

const withRoot = (): Identity => {
  const identity = identities.valid();
  return { ...identity, chain: identity.chain + identities.root.cert };
};
const alone = (): Identity => ({ ...identities.valid(), chain: identities.valid().cert });
const expiredMiddle = (): Identity => {
  const middle = identities.valid();
  return { ...middle, chain: middle.cert + identities.foreignRoot.cert };
};

interface Judgement {
  readonly name: string;
  readonly identity: () => Identity;
  readonly settings?: Partial<TlsSettings>;
  readonly host?: string;
  readonly reason?: Reason;
  readonly message?: RegExp;
}

const judgements: readonly Judgement[] = [
  { name: 'a chain to a trusted root', identity: identities.valid },
  { name: 'a leaf right below the root', identity: identities.belowRoot },
  { name: 'a chain that has the root too', identity: withRoot },
  {
    name: 'an expired certificate',
    identity: identities.expired,
    reason: 'certificate_expired',
    message: /CN=leaf\.test.*CERT_HAS_EXPIRED/,
  },
  { name: 'one of the future', identity: identities.notYetValid, reason: 'certificate_not_yet_valid' },
  { name: 'one of a foreign root', identity: identities.untrusted, reason: 'certificate_untrusted' },
  { name: 'a self-signed one', identity: identities.selfSigned, reason: 'certificate_untrusted' },
  { name: 'a chain without its intermediate', identity: alone, reason: 'certificate_untrusted' },
  { name: 'a chain with a wrong intermediate', identity: expiredMiddle, reason: 'certificate_untrusted' },
  {
    name: 'a self-signed one that is trusted',
    identity: identities.selfSigned,
    settings: { ca: inline(identities.selfSigned().cert) },
  },
  { name: 'a trusted intermediate', identity: alone, settings: { ca: inline(identities.intermediate.cert) } },
  {
    name: 'one for another host',
    identity: identities.wrongHost,
    reason: 'certificate_wrong_host',
    message: /not for localhost but for .*other\.test/,
  },
  {
    name: 'one with a common name alone',
    identity: identities.withoutNames,
    reason: 'certificate_wrong_host',
    message: /no name at all/,
  },
  { name: 'a target that is an address of the certificate', identity: identities.valid, host: '127.0.0.1' },
  { name: 'a target that is an IPv6 address of it, written out', identity: identities.valid, host: '0:0:0:0:0:0:0:1' },
  {
    name: 'a target that is no address of it',
    identity: identities.valid,
    host: '127.0.0.2',
    reason: 'certificate_wrong_host',
  },
  { name: 'a name with a dot at its end', identity: identities.valid, host: 'localhost.' },
  { name: 'a name in capitals', identity: identities.valid, host: 'LOCALHOST' },
  {
    name: 'no name',
    identity: identities.valid,
    host: '',
    reason: 'certificate_wrong_host',
    message: /target without a name/,
  },
  {
    name: 'server_name goes before the target',
    identity: identities.valid,
    host: '127.0.0.9',
    settings: { serverName: 'localhost' },
  },
  {
    name: 'a server_name that the certificate does not have',
    identity: identities.valid,
    settings: { serverName: 'a.test' },
    reason: 'certificate_wrong_host',
  },
  ...(
    [
      ['*.a.test', 'b.a.test', true],
      ['*.a.test', 'a.test', false],
      ['*.a.test', 'c.b.a.test', false],
      ['b*.a.test', 'bc.a.test', false],
      ['*', 'localhost', false],
    ] as const
  ).map(([pattern, host, matches]): Judgement => ({
    name: `${pattern} for ${host}`,
    identity: () => identities.identity(`for ${pattern}`, { names: [pattern] }),
    host,
    ...(!matches && { reason: 'certificate_wrong_host' }),
  })),
];

for (const { name, identity, settings = {}, host, reason, message = /./ } of judgements) {
  test(`the judgement of ${name}: ${reason ?? 'trusted'}`, async (t) => {
    const { facts, failure } = await shakeHands(t, identity(), { settings, ...(host !== undefined && { host }) });
    assert.equal(failure?.reason, reason, failure?.message);
    if (failure !== undefined) {
      assert.equal(failure.phase, 'tls');
      assert.match(failure.message, message);
    }
    assert.equal(facts?.distrust, failure);
    assert.equal(facts?.version, 'TLS 1.3', 'what the handshake showed is kept');
    assert.equal(typeof facts.chain[0]?.notAfter, 'number');
    const verified = reason === undefined || reason === 'certificate_wrong_host';
    assert.equal(facts.verified === undefined, !verified);
  });
}

test('insecure_skip_verify takes any certificate, and tells that it is not to be trusted', async (t) => {
  const { facts, failure } = await shakeHands(t, identities.expired(), { settings: { insecureSkipVerify: true } });
  assert.equal(failure, undefined);
  assert.equal(facts?.distrust?.reason, 'certificate_expired');
  assert.equal(facts.verified, undefined);
});

test('the name that is asked for goes into the handshake, an address does not', async (t) => {
  const asked: unknown[] = [];
  for (const host of ['localhost.', '127.0.0.1', '::1']) {
    const { port } = await serveTls(t, identities.valid(), (socket) => asked.push(socket.servername));
    const connection = await connectTo(t, port);
    await connection.startTls({ settings: trusting, host });
    await new Promise((settle) => connection.stream.once('close', settle).once('end', settle).resume().end());
  }
  assert.deepEqual(asked, ['localhost', false, false]);
});

for (const maxVersion of ['TLS12', 'TLS13'] as const) {
  for (const host of ['localhost', '127.0.0.1', '0'.repeat(48)]) {
    test(`certificates seen before are known again: ${maxVersion}, asked for as ${host}`, async (t) => {
      const identity = leaf(identities.intermediate);
      const settings = { maxVersion, insecureSkipVerify: true };
      const [first, second, other] = [
        await shakeHands(t, identity, { settings, host }),
        await shakeHands(t, identity, { settings, host }),
        await shakeHands(t, { ...identity, chain: identity.cert }, { settings, host }),
      ];
      assert.equal(first.facts?.chain.length, 2);
      assert.equal(second.facts?.chain, first.facts.chain, 'the same object');
      assert.equal(other.facts?.chain.length, 1);
    });
  }
}

const wantsCertificate = 'a server that wants a certificate';

const mismatches: readonly (readonly [name: string, settings: Partial<TlsSettings>, server: ServerOptions])[] = [
  ['a server of TLS 1.3 only', { maxVersion: 'TLS12' }, { minVersion: 'TLSv1.3' }],
  ['a server of TLS 1.2 at most', { minVersion: 'TLS13' }, { maxVersion: 'TLSv1.2' }],
  ['a server of TLS 1.0 only', {}, oldServer],
  ['a server that knows none of the protocols', {}, { ALPNProtocols: ['other'] }],
  [
    'a server that has another cipher only',
    { maxVersion: 'TLS12' },
    { ciphers: 'CAMELLIA256-SHA', maxVersion: 'TLSv1.2' },
  ],
  [wantsCertificate, { maxVersion: 'TLS12' }, { requestCert: true, rejectUnauthorized: true }],
];

for (const [name, settings, server] of mismatches) {
  test(`a handshake that fails: ${name}`, async (t) => {
    const { facts, failure } = await shakeHands(t, identities.validRsa(), { settings, server, alpn: ['h2'] });
    assert.equal(facts?.chain[0]?.subject, name === wantsCertificate ? 'CN=leaf.test' : undefined);
    assert.equal(failure?.phase, 'tls');
    assert.match(failure.reason, /^tls_(alert|protocol)$/);
  });
}

test('a handshake that breaks off tells what it has shown, and judges nothing', async (t) => {
  const { facts } = await shakeHands(t, identities.validRsa(), {
    settings: { maxVersion: 'TLS12' },
    server: { requestCert: true, rejectUnauthorized: true, honorCipherOrder: false },
  });
  assert.ok(facts !== undefined);
  const { chain, group, ...rest } = facts;
  assert.deepEqual(rest, {
    ended: false,
    version: 'TLS 1.2',
    cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    alpn: undefined,
    verified: undefined,
    staple: undefined,
    distrust: undefined,
  });
  assert.equal(chain.length, 2);
  assert.equal(group, 'X25519');
});

const alerts: readonly (readonly [name: string, description: number])[] = [
  ['handshake_failure', 40],
  ['protocol_version', 70],
  ['internal_error', 80],
  ['unrecognized_name', 112],
];

for (const [name, description] of alerts) {
  test(`the TLS alert ${name} is told as one`, async (t) => {
    const alert = Buffer.from([21, 3, 3, 0, 2, 2, description]);
    const { port } = await serveTcp(t, (socket) => socket.once('data', () => socket.end(alert)));
    const connection = await connectTo(t, port);
    await assert.rejects(connection.startTls({ settings: trusting, host: 'localhost' }), (failure: ProbeFailure) => {
      assert.deepEqual([failure.phase, failure.reason], ['tls', 'tls_alert']);
      return true;
    });
    assert.ok(connection.phases.tls > 0);
  });
}

test('a handshake that is cut off anywhere shows its certificates as soon as they have come', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const server = await serveTls(t, identities.valid(), undefined, { maxVersion, ecdhCurve: 'P-256' });
    const shown: number[] = [];
    for (let length = 50; length <= 1200; length += 50) {
      const { port } = await serveCut(t, server.port, length);
      const connection = await connectTo(t, port);
      await connection.startTls({ settings: trusting, host: 'localhost' }).catch((failure: unknown) => {
        assert.ok(failure instanceof ProbeFailure && failure.reason === 'closed', String(failure));
        assert.notEqual(connection.tls?.ended, true);
      });
      shown.push(connection.tls?.chain.length ?? 0);
    }
    assert.deepEqual(
      shown,
      shown.toSorted((a, b) => a - b),
    );
    assert.deepEqual([shown[0], shown.at(-1)], [0, 2]);
  }
});

/** Passes on so many bytes of what a server sends, and no more. */
function serveCut(t: TestContext, port: number, length: number): Promise<Listening> {
  return serveTcp(t, (front) => {
    const back = net.connect(port, '127.0.0.1');
    let left = length;
    back
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        front.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) front.end();
      });
    front.on('close', () => back.destroy()).pipe(back);
  });
}

test('a certificate that cannot be read ends the handshake', async (t) => {
  const { facts, failure } = await shakeHands(t, garbled(leaf(identities.root)));
  assert.deepEqual([failure?.phase, failure?.reason], ['tls', 'tls_protocol']);
  assert.equal(facts, undefined);
});

/** The certificate with a first alternative name that is longer than their list. */
function garbled(identity: Identity): Identity {
  const der = Buffer.from(identity.der);
  der[der.indexOf('localhost') - 1] = 0x7f;
  const chain = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
  return { ...identity, der, chain };
}
