import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { prepare } from '../../support/probe-once.ts';
import { type SeenRequest, serveHttp } from '../../support/servers.ts';
import { temporaryFile } from '../../support/temporary-files.ts';

const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;

/** The options that name a file, and what of a request shows its text. */
const rows: readonly (readonly [
  key: string,
  options: (file: string) => object,
  shown: (request: SeenRequest) => string | undefined,
  expected: (text: string) => string,
])[] = [
  ['body_file', (body_file) => ({ method: 'POST', body_file }), ({ body }) => body, (text) => `${text}\n`],
  [
    'username_file',
    (username_file) => ({ basic_auth: { username_file, password: 'p' } }),
    ({ headers }) => headers['authorization'],
    (text) => basic(`${text}:p`),
  ],
  [
    'password_file',
    (password_file) => ({ basic_auth: { username: 'u', password_file } }),
    ({ headers }) => headers['authorization'],
    (text) => basic(`u:${text}`),
  ],
  [
    'credentials_file',
    (credentials_file) => ({ authorization: { type: 'Token', credentials_file } }),
    ({ headers }) => headers['authorization'],
    (text) => `Token ${text}`,
  ],
  [
    'bearer_token_file',
    (bearer_token_file) => ({ bearer_token_file }),
    ({ headers }) => headers['authorization'],
    (text) => `Bearer ${text}`,
  ],
  [
    'files of http_headers',
    (file) => ({ http_headers: { 'X-Key': { values: ['a'], files: [file] } } }),
    ({ headers }) => headers['x-key'],
    (text) => `a, ${text}`,
  ],
];

for (const [key, options, shown, expected] of rows) {
  test(`${key} is read anew when the file changes`, async (t) => {
    const target = await serveHttp(t);
    const file = temporaryFile(`changing-${key}`, 'first\n');
    const probe = prepare({ prober: 'http', http: options(file) });
    const ask = async (): Promise<string | undefined> => {
      const { failure } = await probe(target.origin);
      assert.equal(failure, undefined);
      const [request] = target.takeRequests();
      return request && shown(request);
    };
    assert.equal(await ask(), expected('first'));
    writeFileSync(file, 'after\n');
    assert.equal(await ask(), expected('after'));
    rmSync(file);
    const { failure } = await probe(target.origin);
    assert.deepEqual([failure?.phase, failure?.reason], ['request', 'unusable_file']);
    assert.deepEqual(target.takeRequests(), []);
    writeFileSync(file, 'again\n');
    assert.equal(await ask(), expected('again'));
  });
}
