import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCache, mostEntries } from '../../../src/net/resolver/answer-cache.ts';
import type { Answer } from '../../../src/net/resolver/ask-servers.ts';

const answer = (ttl: number): Answer => ({
  addresses: [{ address: '192.0.2.1', family: 4 }],
  ttl,
  code: 'ENODATA',
  report: '',
});

test('an answer goes when its time has come', () => {
  let now = 0;
  const cache = new AnswerCache(() => now);
  cache.add('a', answer(2));
  now = 1999;
  assert.notEqual(cache.get('a'), undefined);
  now = 2000;
  assert.equal(cache.get('a'), undefined);
});

test('the oldest answer goes when there are too many', () => {
  const cache = new AnswerCache(() => 0);
  for (let index = 0; index <= mostEntries; index++) cache.add(`${index}`, answer(60));
  assert.equal(cache.get('0'), undefined);
  assert.notEqual(cache.get('1'), undefined);
  cache.add('1', answer(60));
  assert.notEqual(cache.get('2'), undefined);
});
