import type { Prober } from '../probe/context.ts';
import { dns } from './dns/index.ts';
import { grpc } from './grpc/index.ts';
import { http } from './http/index.ts';
import { icmp } from './icmp/index.ts';
import { tcp } from './tcp.ts';
import { tlsFile } from './tls-file/index.ts';
import { unix } from './unix.ts';
import { websocket } from './websocket/index.ts';

/** The probers, by the name that a module's `prober` gives. This is the only list of them. */
export const probers = {
  http,
  tcp,
  icmp,
  grpc,
  dns,
  unix,
  websocket,
  tls_file: tlsFile,
} satisfies Readonly<Record<string, Prober>>;
