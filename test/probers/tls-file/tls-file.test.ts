import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../../src/config/errors.ts';
import { loadModules } from '../../../src/config/modules.ts';
import { probers } from '../../../src/probers/index.ts';
import { authority, daysFromNow, leaf } from '../../support/certificates.ts';
import { expired, intermediate, notYetValid, root, valid } from '../../support/identities.ts';
import { type ProbeOutcome, probeOnce } from '../../support/probe-once.ts';
import { temporaryFolder } from '../../support/temporary-files.ts';

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(temporaryFolder(), 'certificates-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const probe = (target: string, folder: string, more: object = {}): Promise<ProbeOutcome> =>
  probeOnce({ prober: 'tls_file', tls_file: { allowed_paths: [folder], ...more } }, target);

const outcome = ({ failure }: ProbeOutcome): string => (failure ? `${failure.phase} ${failure.reason}` : 'success');

function files({ metrics }: ProbeOutcome): string[] {
  const found = [...metrics.keys()].flatMap(
    (series) => /^probe_ssl_cert_not_after_timestamp_seconds\{file="([^"]+)".*position="(\d+)"/.exec(series) ?? [],
  );
  return found.filter((text) => !text.startsWith('probe_')).map((text) => text.replace(/.*\//, ''));
}

test('every certificate of a file has its series', async () => {
  const notAfter = daysFromNow(40);
  const own = leaf(intermediate, { subject: [['CN', 'a.test']], serial: Buffer.from([5]), notAfter, key: 'rsa' });
  const folder = folderOf({ 'site.pem': `# a comment\n${own.key}${own.chain}${root.cert}` });
  const path = join(folder, 'site.pem');
  const found = await probe(path, folder);
  assert.equal(outcome(found), 'success');
  const labels = `file="${path}",issuer_cn="Test Intermediate",position="0",serialnumber="05",subject_cn="a.test"`;
  assert.equal(found.metrics.get(`probe_ssl_cert_not_after_timestamp_seconds{${labels}}`), notAfter.getTime() / 1000);
  assert.ok(found.metrics.has(`probe_ssl_cert_not_before_timestamp_seconds{${labels}}`));
  assert.deepEqual(files(found), ['site.pem', '0', 'site.pem', '1', 'site.pem', '2']);
  assert.equal(found.metrics.get('probe_ssl_earliest_cert_expiry'), notAfter.getTime() / 1000);
  assert.equal(found.metrics.get('probe_tls_files'), 1);
  assert.equal(found.metrics.get(`probe_tls_file_certificates{file="${path}"}`), 3);
  assert.ok(found.metrics.has(`probe_ssl_key_info{algorithm="RSA",bits="2048",file="${path}"}`));
  assert.ok(found.metrics.has(`probe_ssl_signature_info{algorithm="ecdsa-with-SHA256",file="${path}"}`));
  assert.doesNotMatch(found.text + JSON.stringify(found.log), /PRIVATE KEY/);
});

test('a pattern takes the files that fit, in every folder that fits, PEM and DER', async () => {
  const folder = folderOf({
    'live/a/cert.pem': valid().cert,
    'live/b/cert.der': valid().der,
    'live/c/other.pem': 'nothing',
    'live/.d/cert.pem': 'nothing',
    'live/cert.pem': 'nothing',
  });
  mkdirSync(join(folder, 'live/e/cert.pem'), { recursive: true });
  const found = await probe(`${folder}/live/*/cert.*`, folder);
  assert.equal(outcome(found), 'success');
  assert.deepEqual(files(found), ['cert.pem', '0', 'cert.der', '0']);
});

const broken = valid().cert.replace(/\n.{10}/, '\nAAAAAAAAAA');

const rows: readonly (readonly [name: string, files: Readonly<Record<string, string | Buffer>>, outcome: string])[] = [
  ['an expired certificate', { 'a.pem': expired().cert }, 'check certificate_expired'],
  ['one of the future', { 'a.pem': notYetValid().cert }, 'check certificate_not_yet_valid'],
  ['an expired one among others', { 'a.pem': valid().chain + expired().cert }, 'check certificate_expired'],
  ['a file without a certificate', { 'a.pem': valid().key }, 'transfer unusable_file'],
  ['an empty file', { 'a.pem': '' }, 'transfer unusable_file'],
  ['a certificate that is broken', { 'a.pem': broken }, 'transfer unusable_file'],
  ['a certificate without its end', { 'a.pem': valid().cert + valid().cert.slice(0, 90) }, 'transfer unusable_file'],
  ['a file in DER that is cut off', { 'a.pem': valid().der.subarray(0, 99) }, 'transfer unusable_file'],
  ['a file that is too large', { 'a.pem': Buffer.alloc(1024 * 1024 + 1, 0x30) }, 'transfer unusable_file'],
  ['nothing that fits', { 'a.crt': valid().cert }, 'resolve not_found'],
  ['a bad file before an expired one', { 'a.pem': expired().cert, 'b.pem': 'x' }, 'transfer unusable_file'],
];

for (const [name, content, expected] of rows) {
  test(`${name}: ${expected}`, async () => {
    const folder = folderOf(content);
    assert.equal(outcome(await probe(`${folder}/*.pem`, folder)), expected);
  });
}

test('what is wrong with one file leaves the others their series, and all of it is in the log', async () => {
  const folder = folderOf({ 'a.pem': 'x', 'b.pem': expired().cert, 'c.pem': valid().cert });
  const found = await probe(`${folder}/*`, folder);
  assert.deepEqual(files(found), ['b.pem', '0', 'c.pem', '0']);
  assert.deepEqual(
    found.log.flatMap(({ attributes }) => attributes?.['reason'] ?? []),
    ['unusable_file', 'certificate_expired', 'unusable_file'],
  );
});

test('nothing is read that is not allowed', async () => {
  const secret = folderOf({ 'secret.pem': valid().cert });
  const folder = folderOf({ 'in/a.pem': valid().cert });
  symlinkSync(join(secret, 'secret.pem'), join(folder, 'link.pem'));
  symlinkSync(secret, join(folder, 'folder'));
  symlinkSync(join(folder, 'in'), join(folder, 'inner'));
  symlinkSync('/nonexistent/a.pem', join(folder, 'dead.pem'));
  const expected = {
    [`${secret}/secret.pem`]: 'admission denied_by_policy',
    [`${secret}/*.pem`]: 'admission denied_by_policy',
    [`${folder}-more/a.pem`]: 'admission denied_by_policy',
    [`${folder}/link.pem`]: 'admission denied_by_policy',
    [`${folder}/l*.pem`]: 'admission denied_by_policy',
    [`${folder}/folder/secret.pem`]: 'admission denied_by_policy',
    [`${folder}/f*/*`]: 'admission denied_by_policy',
    [`${folder}/in/../../a.pem`]: 'admission bad_target',
    [`/*/*`]: 'admission denied_by_policy',
    'a.pem': 'admission bad_target',
    [`${folder}/**/a.pem`]: 'admission bad_target',
    [`${folder}/a\0.pem`]: 'admission bad_target',
    [`${folder}/dead.pem`]: 'resolve not_found',
    [`${folder}/d*.pem`]: 'resolve not_found',
    [`${folder}/missing.pem`]: 'resolve not_found',
    [`${folder}/in`]: 'transfer unusable_file',
    [`${folder}/inner/a.pem`]: 'success',
    [`${folder}//in/./a.pem`]: 'success',
  };
  for (const [target, wanted] of Object.entries(expected)) {
    assert.equal(outcome(await probe(target, folder)), wanted, target);
  }
});

test('links out of the folder work where their end is allowed too', async () => {
  const store = folderOf({ 'a.pem': valid().cert });
  const folder = folderOf({});
  symlinkSync(join(store, 'a.pem'), join(folder, 'link.pem'));
  const found = await probe(`${folder}/*`, folder, { allowed_paths: [folder, store] });
  assert.equal(outcome(found), 'success');
});

test('files and certificates are limited', async () => {
  const folder = folderOf({ 'a.pem': valid().cert, 'b.pem': valid().chain, 'c.pem': valid().cert });
  const byFiles = await probe(`${folder}/*`, folder, { max_files: 2 });
  assert.equal(outcome(byFiles), 'resolve too_large');
  assert.deepEqual(files(byFiles), ['a.pem', '0', 'b.pem', '0', 'b.pem', '1']);
  const byCertificates = await probe(`${folder}/*`, folder, { max_certificates: 2 });
  assert.equal(outcome(byCertificates), 'transfer too_large');
  assert.deepEqual(files(byCertificates), ['a.pem', '0', 'b.pem', '0']);
});

test('a bundle of many certificates has all of them', async () => {
  const one = authority([['CN', 'One']]);
  const folder = folderOf({ 'bundle.pem': Array.from({ length: 150 }, () => one.cert).join('') });
  assert.equal(files(await probe(`${folder}/bundle.pem`, folder)).length, 300);
});

test('a hostname is refused: nothing would come of it', () => {
  const section = { prober: 'tls_file', tls_file: { allowed_paths: ['/a'] } };
  const { modules } = loadModules(JSON.stringify({ modules: { files: section } }), 'test.yml', probers);
  const refuse = (hostname: string | undefined) =>
    modules.get('files')?.probe.refuse?.({ hostname, parameters: new Map() });
  assert.match(refuse('a.test') ?? '', /the parameter hostname must go/);
  assert.equal(refuse(undefined), undefined);
});

test('a probe that is called off does not wait for its files', async () => {
  const folder = folderOf({ 'a.pem': valid().cert });
  const module = { prober: 'tls_file', tls_file: { allowed_paths: [folder] } };
  const controller = new AbortController();
  const found = probeOnce(module, `${folder}/a.pem`, { signal: controller.signal });
  controller.abort();
  assert.equal(outcome(await found), 'resolve cancelled');
});

const mistakes: readonly (readonly [section: object, message: RegExp])[] = [
  [{}, /allowed_paths must name the folders .*such as \[\/etc\/ssl\/certs\]/],
  [{ allowed_paths: [] }, /allowed_paths must name/],
  [{ allowed_paths: ['certs'] }, /"certs" must be an absolute path/],
  [{ allowed_paths: ['/a'], max_files: 0 }, /max_files/],
  [{ allowed_paths: ['/a'], max_certificates: 1e6 }, /max_certificates/],
];

for (const [tls_file, message] of mistakes) {
  test(`refused at load: ${JSON.stringify(tls_file)}`, async () => {
    await assert.rejects(probeOnce({ prober: 'tls_file', tls_file }, '/a'), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      return true;
    });
  });
}
