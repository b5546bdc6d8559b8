import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLines } from '../../src/sweep/lines.ts';
import { TargetList } from '../../src/sweep/targets.ts';

async function* chunks(...texts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

/** The text in pieces of one byte. */
function bytes(text: string): AsyncGenerator<Buffer> {
  return chunks(...[...Buffer.from(text)].map((byte) => Buffer.from([byte])));
}

const text = 'a\nbü\r\n\n\nc';
const lines = [
  ['a', 2, true],
  ['bü', 7, true],
  ['', 8, true],
  ['', 9, true],
  ['c', 10, false],
];

for (const [how, stream] of [
  ['one chunk', chunks(text)],
  ['single bytes', bytes(text)],
  ['three chunks', chunks('a', '\nbü\r', '\n\n\nc')],
] as const) {
  test(`lines come as they are written, in ${how}`, async () => {
    const read = [];
    for await (const { text, end, complete } of readLines(stream)) read.push([text, end, complete]);
    assert.deepEqual(read, lines);
  });
}

test('a line without an end is not read without a limit', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) yield Buffer.alloc(1000, 'x');
  }
  await assert.rejects(readLines(endless()).next(), { message: 'a line is longer than 1 MiB' });
});

async function targetsOf(list: TargetList): Promise<[number, string][]> {
  const targets: [number, string][] = [];
  for await (const { number, target } of list.targets()) targets.push([number, target]);
  return targets;
}

test('blank lines, comments and a byte order mark are no targets', async () => {
  const list = new TargetList(chunks('\uFEFFa.test\n\n  # no\n\t\n b.test \r\nhttp://c.test/#d\n'), 'x');
  assert.deepEqual(await targetsOf(list), [
    [1, 'a.test'],
    [2, 'b.test'],
    [3, 'http://c.test/#d'],
  ]);
  assert.equal(list.bytesRead, 47);
});

test('a line takes its place in the template, whatever it is', async () => {
  const list = new TargetList(chunks('a.test\n$&\n'), 'x', 'https://{}/{}');
  assert.deepEqual(await targetsOf(list), [
    [1, 'https://a.test/a.test'],
    [2, 'https://$&/$&'],
  ]);
});

test('a list that cannot be read is named', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('a\n');
    throw new Error('EISDIR: illegal operation on a directory, read');
  }
  await assert.rejects(targetsOf(new TargetList(broken(), 'list.txt')), {
    message: 'Cannot read list.txt: illegal operation on a directory',
  });
});
