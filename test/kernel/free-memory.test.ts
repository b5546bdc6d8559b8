import assert from 'node:assert/strict';
import { test } from 'node:test';
import { returnFreeMemory } from '../../src/kernel/free-memory.ts';
import { libc } from '../../src/kernel/libc.ts';

interface Report {
  readonly header: { readonly glibcVersionRuntime?: string };
}

test('free memory is returned where the C library is glibc', () => {
  const { header } = process.report.getReport() as Report;
  assert.equal(returnFreeMemory(), libc() !== undefined && header.glibcVersionRuntime !== undefined);
});
