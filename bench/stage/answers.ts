// A process of its own: a DNS server that knows every name, and a gRPC server whose services are all healthy.
import { createSocket } from 'node:dgram';
import { health, serveGrpc } from '../../test/support/grpc-server.ts';
import { PartLifetime } from '../lifetime.ts';
import { dnsAnswer } from './dns-answer.ts';

const [a = 0, b = 0, dnsPort = 0] = process.argv.slice(2).map(Number);

const dns = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
dns.on('message', (query, { address, port }) => {
  const answer = dnsAnswer(query, [a, b]);
  if (answer !== undefined) dns.send(answer, port, address, () => {});
});
dns.bind(dnsPort, () => {
  const grpc = serveGrpc(
    new PartLifetime(),
    (stream) => {
      void grpc.then((server) => server.takeCalls());
      health(1)(stream);
    },
    { host: '0.0.0.0' },
  );
  void grpc.then(({ port }) => process.stdout.write(`answers, grpc on ${port}\n`));
});
