import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const connector = new URL('../../src/net/connector.js', import.meta.url).href;

/** Closes a connection whose target has ended it before, in a process of its own; prints how that went. */
const script = `
  import { once } from 'node:events';
  import net from 'node:net';
  const { Connector } = await import('${connector}');
  const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connections = new Connector({ close: 'reset' }, new AbortController().signal);
  const { stream } = await connections.open({ address: '127.0.0.1', family: 4 }, server.address().port);
  const ended = once(stream, 'end');
  stream.resume();
  await ended;
  await connections.close();
  console.log('closed');
  process.exit();
`;

for (const noFfi of ['', '1']) {
  test(`a connection that its target has ended can be closed, with CLEARBOX_NO_FFI=${noFfi}`, () => {
    const words = ['--input-type=module', '--eval', script];
    const env = { ...process.env, CLEARBOX_NO_FFI: noFfi };
    const output = execFileSync(process.execPath, words, { encoding: 'utf8', env, timeout: 30_000 });
    assert.equal(output, 'closed\n');
  });
}
