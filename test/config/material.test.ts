import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileMaterial, TextMaterial } from '../../src/config/material.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary-files.ts';

test('a text is read as it stands', () => {
  const material = new TextMaterial(' text\n', 'modules.a.http.basic_auth.password');
  assert.equal(material.read(), ' text\n');
  assert.equal(material.description, 'modules.a.http.basic_auth.password');
});

test('a file is read without the white space around it', () => {
  const path = temporaryFile('material-trimmed', '\n  one two \r\n\n');
  const material = new FileMaterial(path, 'password_file');
  assert.equal(material.read(), 'one two');
  assert.equal(material.description, `password_file ${path}`);
});

test('a file is read again when it was written again', () => {
  const path = temporaryFile('material-rewritten', 'first');
  const material = new FileMaterial(path, 'password_file');
  assert.equal(material.read(), 'first');
  writeFileSync(path, 'again');
  assert.equal(material.read(), 'again');
});

test('a file is read again when another took its place, though size and time are the same', () => {
  const path = temporaryFile('material-replaced', 'first');
  const other = temporaryFile('material-replacement', 'other');
  const time = new Date('2020-01-01');
  utimesSync(path, time, time);
  utimesSync(other, time, time);
  const material = new FileMaterial(path, 'password_file');
  assert.equal(material.read(), 'first');
  renameSync(other, path);
  assert.equal(material.read(), 'other');
});

test('a file that is missing is named, and read once it is there', () => {
  const path = join(temporaryFolder(), 'material-late');
  const material = new FileMaterial(path, 'password_file');
  assert.throws(
    () => material.read(),
    (error: Error) => error.message.includes('ENOENT') && error.message.includes(path),
  );
  writeFileSync(path, 'late');
  assert.equal(material.read(), 'late');
});

test('a file of more than 1 MiB is refused', () => {
  const largest = temporaryFile('material-largest', 'x'.repeat(1024 * 1024));
  assert.equal(new FileMaterial(largest, 'ca_file').read().length, 1024 * 1024);
  const path = temporaryFile('material-large', 'x'.repeat(1024 * 1024 + 1));
  assert.throws(() => new FileMaterial(path, 'ca_file').read(), { message: `${path} is larger than 1048576 bytes` });
});

test('a folder is refused', () => {
  const path = join(temporaryFolder(), 'material-folder');
  mkdirSync(path);
  assert.throws(() => new FileMaterial(path, 'ca_file').read(), { message: `${path} is no regular file` });
});

test('a pipe is refused, and not waited for', { skip: process.platform === 'win32' && 'Windows has no mkfifo' }, () => {
  const path = join(temporaryFolder(), 'material-pipe');
  execFileSync('mkfifo', [path]);
  assert.throws(() => new FileMaterial(path, 'ca_file').read(), { message: `${path} is no regular file` });
});
