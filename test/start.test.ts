import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nodeFlags } from './support/exporter.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('every way to start the exporter gives Node the same flags', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  assert.equal(scripts.start, `node ${nodeFlags.join(' ')} dist/src/main.js`);
  const entry = JSON.stringify(['node', ...nodeFlags, '/app/dist/src/main.js']).replaceAll(',', ', ');
  assert.ok(read('Dockerfile').includes(`ENTRYPOINT ${entry}\n`), 'the image');
  assert.ok(read('dist/src/main.js').startsWith(`#!/usr/bin/env -S node ${nodeFlags.join(' ')}\n`), 'the command');
});
