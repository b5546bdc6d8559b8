import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFailure, errorCode, reasonOf, unusable } from '../../src/net/error-reason.ts';
import { ProbeFailure, type Reason } from '../../src/net/failure.ts';

const coded = (code: unknown, message = 'it failed', cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });

const codes: readonly (readonly [code: string, reason: Reason])[] = [
  ['ECONNREFUSED', 'refused'],
  ['EAGAIN', 'refused'],
  ['ENOENT', 'not_found'],
  ['ENOTDIR', 'not_found'],
  ['EPROTOTYPE', 'bad_target'],
  ['EINVAL', 'unreachable'],
  ['ENOPROTOOPT', 'unreachable'],
  ['EAFNOSUPPORT', 'unreachable'],
  ['ENONET', 'unreachable'],
  ['EMSGSIZE', 'too_large'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['ENOTFOUND', 'nxdomain'],
  ['EAI_AGAIN', 'dns_error'],
  ['EAI_NODATA', 'dns_error'],
  ['EADDRNOTAVAIL', 'local_port_exhausted'],
  ['EADDRINUSE', 'local_port_exhausted'],
  ['EMFILE', 'too_many_files'],
  ['ENFILE', 'too_many_files'],
  ['ENOBUFS', 'too_many_files'],
  ['EACCES', 'permission'],
  ['EPERM', 'permission'],
  ['EPROTO', 'tls_protocol'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_protocol'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls_alert'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls_alert'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls_alert'],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'tls_alert'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_protocol'],
  ['SOMETHING_ELSE', 'other'],
];

for (const [code, reason] of codes) {
  test(`${code} is told as ${reason}`, () => assert.equal(reasonOf(coded(code)), reason));
}

test('the nearest cause whose code is known gives the reason', () => {
  const cause = coded('ECONNREFUSED', 'refused', coded('ETIMEDOUT'));
  assert.equal(reasonOf(new Error('no code', { cause })), 'refused');
  assert.equal(reasonOf(coded('UNKNOWN', 'unknown code', cause)), 'refused');
});

test('a TLS handshake that ends with the connection was closed, not reset', () => {
  const message = 'Client network socket disconnected before secure TLS connection was established';
  assert.equal(reasonOf(coded('ECONNRESET', message)), 'closed');
});

test('what is no error, or has no code, has no reason of its own', () => {
  for (const thrown of ['ECONNREFUSED', undefined, null, { code: 'ECONNREFUSED' }, new Error('x'), coded(42)]) {
    assert.equal(reasonOf(thrown), 'other');
  }
  assert.equal(errorCode(coded(42)), undefined);
});

test('a failure keeps what it is', () => {
  const failure = new ProbeFailure('check', 'regexp', 'no match');
  assert.equal(asFailure(failure, 'connect', 'Cannot connect'), failure);
});

test('an error becomes a failure that says what was attempted', () => {
  const error = coded('ECONNREFUSED', 'connect ECONNREFUSED');
  const failure = asFailure(error, 'connect', 'Cannot connect to a.test:1');
  assert.deepEqual([failure.phase, failure.reason], ['connect', 'refused']);
  assert.equal(failure.message, 'Cannot connect to a.test:1: connect ECONNREFUSED');
  assert.equal(failure.cause, error);
  assert.equal(asFailure('a text', 'connect', 'Cannot connect').message, 'Cannot connect: a text');
});

test('an alert belongs to TLS, whenever it comes', () => {
  assert.equal(asFailure(coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'response', 'No answer').phase, 'tls');
});

test('of what OpenSSL says the words are told', () => {
  const message = '80EC43E7417F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x.c:350:\n';
  const failure = asFailure(coded('ERR_SSL_WRONG_VERSION_NUMBER', message), 'tls', 'The TLS handshake failed');
  assert.equal(failure.message, 'The TLS handshake failed: wrong version number');
});

test('a file that cannot be used is told, but for want of a descriptor', () => {
  const failure = unusable(coded('ENOENT', 'no such file'), 'request', 'body_file');
  assert.deepEqual([failure.phase, failure.reason], ['request', 'unusable_file']);
  assert.equal(failure.message, 'Cannot use body_file: no such file');
  assert.equal(unusable(coded('EMFILE'), 'tls', 'ca_file').reason, 'too_many_files');
});
