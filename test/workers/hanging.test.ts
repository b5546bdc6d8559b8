import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ServeOptions } from '../../src/cli/serve-options.ts';
import { Logger } from '../../src/log/logger.ts';
import { Dispatcher } from '../../src/workers/dispatcher.ts';
import { WorkerPool } from '../../src/workers/pool.ts';

const unasked = (): never => assert.fail('a worker asks for what it does not need');

test('a worker that hangs is killed, told of, replaced, and its connections go on', async (t) => {
  const logged: string[] = [];
  const counted = { started: 0, hung: 0, replaced: 0 };
  const dispatcher: Dispatcher = new Dispatcher(() => pool.ready);
  const pool = new WorkerPool({
    size: 1,
    program: fileURLToPath(new URL('blocking-worker.js', import.meta.url)),
    logger: new Logger({ level: 'info', format: 'logfmt', write: (line) => logged.push(line) }),
    answers: (worker) => ({
      hello: () => ({
        worker: worker.number,
        options: {} as ServeOptions, // Nobody reads them.
        configuration: { file: '', text: counted.started++ === 0 ? 'hang' : '' },
        epoch: 0n,
      }),
      taken: (id) => dispatcher.taken(worker, id),
      closed() {},
      counted() {},
      reload: unasked,
      metrics: unasked,
      recent: unasked,
      log: unasked,
    }),
    onReady: () => dispatcher.handWaiting(),
    onEnded: (worker) => dispatcher.workerEnded(worker),
    onReplaced: () => (counted.replaced += 1),
    onHung: () => (counted.hung += 1),
    lookInterval: 30,
  });
  await pool.start();
  t.after(async () => (await pool.stop()).ended);
  const server = createServer({ pauseOnConnect: true }, (socket) => dispatcher.take(socket)).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');

  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [answer] = await once(client, 'data');
  assert.equal(String(answer), 'served');
  assert.ok(counted.hung >= 1 && counted.replaced >= 1, JSON.stringify(counted));
  assert.match(logged[0] ?? '', /level=ERROR msg="A worker hangs and is killed" worker=1 pid=\d+\n/);
  assert.match(logged[1] ?? '', /msg="A worker has died and will be replaced" worker=1 pid=\d+ cause=SIGKILL/);
});
