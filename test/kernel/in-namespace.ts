import { localPortsInUse } from '../../src/kernel/local-ports.ts';
import { lookupSocket, socketsByState } from '../../src/kernel/sock-diag.ts';
import type { StateCounts } from '../../src/kernel/tcp-states.ts';
import { besideSs, closeByFin, closeByReset, connect, echoServer, tupleOf } from './live-kernel.ts';

/** What this script, run in a network namespace of its own, prints as JSON. */
export interface Seen {
  readonly counts: StateCounts;
  readonly shown: StateCounts;
  /** What a lookup finds of link-local connections: an open one, one closed by FIN, one closed by RST. */
  readonly linkLocal: readonly string[];
  readonly ports: number | undefined;
}

const untilExit = { after: () => {} };

const linkLocal: string[] = [];
for (const host of ['127.0.0.1', '::1', 'fe80::1%lo']) {
  const server = await echoServer(untilExit, host);
  const waiting = await closeByFin(untilExit, server);
  const reset = await closeByReset(untilExit, server);
  if (host !== 'fe80::1%lo') continue;
  const open = tupleOf(await connect(untilExit, server));
  for (const tuple of [open, waiting, reset]) {
    const found = lookupSocket(tuple);
    linkLocal.push(typeof found === 'object' ? found.state : String(found));
  }
}
const [counts, shown] = besideSs(() => socketsByState(0));
const seen: Seen = { counts, shown, linkLocal, ports: localPortsInUse(0) };
console.log(JSON.stringify(seen));
process.exit();
