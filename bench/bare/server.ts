// A process of its own: what an exporter does at least. Each scrape is answered when a bare exchange has ended.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchanges } from './exchanges.ts';

/** As long as the answer of a probe. */
const answer =
  '# HELP probe_something What it tells\n# TYPE probe_something gauge\nprobe_something 1\nprobe_success 1\n'.repeat(40);

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://bare');
  const exchange = exchanges[searchParams.get('module') ?? ''];
  const [, host = '', port] = /([\d.]+):(\d+)/.exec(searchParams.get('target') ?? '') ?? [];
  if (exchange === undefined) return void response.writeHead(400).end();
  exchange(host, Number(port)).then(
    () => response.setHeader('content-type', 'text/plain; charset=utf-8').end(answer),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`Listening on address=127.0.0.1:${port}\n`);
});
