import { fileURLToPath } from 'node:url';
import { startChild } from '../../test/support/child.ts';
import type { Lifetime } from '../../test/support/servers.ts';
import type { Place } from './place.ts';
import { startNginx, type NginxPorts } from './nginx.ts';
import { freePorts } from './ports.ts';

/** The ports of what can be probed. */
export interface Targets extends NginxPorts {
  readonly dns: number;
  readonly grpc: number;
}

const answers = fileURLToPath(new URL('answers.js', import.meta.url));

/** Starts nginx, and a process that is DNS and gRPC server, where `place` has its targets. */
export async function startTargets(lifetime: Lifetime, place: Place, nginx: string): Promise<Targets> {
  const [http = 0, https = 0, h2 = 0, dns = 0] = await freePorts(4);
  await startNginx(lifetime, [...place.targets, nginx], { http, https, h2 });
  const [program, ...words] = [...place.targets, process.execPath, answers, ...[...place.firstHost, dns].map(String)];
  const child = startChild(lifetime, program ?? '', words);
  const [, grpc] = await child.waitFor(/grpc on (\d+)/);
  return { http, https, h2, dns, grpc: Number(grpc) };
}
