// A worker that blocks its event loop when the configuration says so, and else tells every moment that it is there.
import { Channel } from '../../src/workers/channel.ts';
import type { PrimaryQuestions, WorkerQuestions } from '../../src/workers/messages.ts';

const channel = new Channel<Pick<WorkerQuestions, 'stop'>, PrimaryQuestions>(process, {
  stop: () => ({ probesInFlight: 0, limit: 0 }),
});
const { configuration } = await channel.ask('hello', undefined, 60_000);
channel.tell('ready', undefined);
channel.onSocket((id, socket) => {
  // Whoever is handed a connection hangs before it can tell that it has it.
  while (configuration.text === 'hang');
  channel.tell('taken', id);
  socket?.end('served');
});
setInterval(() => channel.tell('counted', []), 10);
process.once('disconnect', () => process.exit(1));
