import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, type RecordType } from 'dns-packet';
import { dnsAnswer } from '../../bench/stage/dns-answer.ts';

function ask(name: string, type: RecordType = 'A') {
  const query = encode({
    id: 7,
    type: 'query',
    questions: [{ name, type }],
    additionals: [{ name: '.', type: 'OPT' } as never],
  });
  const answer = dnsAnswer(query, [198, 18]);
  return answer === undefined ? undefined : decode(answer);
}

test('every name has an address of its own', () => {
  const addresses = ['t0.bench.test', 't258.bench.test', 't99999.bench.test', 'bench.test'].map((name) => {
    const answer = ask(name);
    assert.equal(answer?.id, 7);
    assert.equal(answer.flag_qr, true);
    assert.deepEqual(
      answer.questions?.map(({ name }) => name),
      [name],
    );
    return answer.answers?.map((record) => record.type === 'A' && record.data);
  });
  assert.deepEqual(addresses, [['198.18.0.0'], ['198.18.1.2'], ['198.19.134.159'], ['198.18.0.0']]);
});

test('there are no records of other types', () => {
  assert.deepEqual(ask('t1.bench.test', 'AAAA')?.answers, []);
});

test('what is no query has no answer', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(12), Buffer.from('00070100000100000000000005626561', 'hex')]) {
    assert.equal(dnsAnswer(bytes, [198, 18]), undefined);
  }
});
