// A process of its own: a name server on port 53 that never answers for names like dead1.test and has 127.0.0.1 for all
// others, and a port of TCP that accepts whoever comes.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { dnsAnswer } from '../stage/dns-answer.ts';

const firstLabel = 13;

const names = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
names.on('message', (query, { address, port }) => {
  if (query.toString('latin1', firstLabel, firstLabel + 4) === 'dead') return;
  const answer = dnsAnswer(query, [127, 0]);
  if (answer !== undefined) names.send(answer, port, address, () => {});
});
names.bind(53, '127.0.0.1');
await once(names, 'listening');

const target = createServer((socket) => socket.on('error', () => {}).resume());
target.listen(0);
await once(target, 'listening');
process.stdout.write(`answers, tcp on ${(target.address() as AddressInfo).port}\n`);
