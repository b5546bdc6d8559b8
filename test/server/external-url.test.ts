import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { webPaths } from '../../src/server/external-url.ts';

const cases: readonly { url?: string; prefix?: string; externalUrl: string; routePrefix: string }[] = [
  { externalUrl: `http://${hostname()}:9115`, routePrefix: '/' },
  { url: 'http://ex.example/', externalUrl: 'http://ex.example', routePrefix: '/' },
  { url: 'http://ex.example/bb/', externalUrl: 'http://ex.example/bb', routePrefix: '/bb/' },
  { url: 'https://ex.example:8443/a/b', externalUrl: 'https://ex.example:8443/a/b', routePrefix: '/a/b/' },
  { url: '/only/path', externalUrl: '/only/path', routePrefix: '/only/path/' },
  { url: 'http://ex.example/bb', prefix: '/', externalUrl: 'http://ex.example/bb', routePrefix: '/' },
  { url: 'http://ex.example/bb', prefix: 'other', externalUrl: 'http://ex.example/bb', routePrefix: '/other/' },
  { prefix: '//x//', externalUrl: `http://${hostname()}:9115`, routePrefix: '/x/' },
];

for (const { url, prefix, ...expected } of cases) {
  test(`external URL ${url} and prefix ${prefix} give ${expected.routePrefix}`, () => {
    assert.deepEqual(webPaths({ externalUrl: url, routePrefix: prefix, port: 9115 }), expected);
  });
}

for (const url of ['"http://ex.example"', 'ex.example/x', 'http://', 'ftp://ex.example/', '//ex.example/x']) {
  test(`the external URL ${url} is refused`, () => {
    assert.throws(
      () => webPaths({ externalUrl: url, routePrefix: undefined, port: 9115 }),
      /neither a URL .* nor a path/,
    );
  });
}
