import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes to a port of this machine and gives what comes back until the other side closes. */
export async function exchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.write(request);
  await once(socket, 'close');
  return answer;
}
