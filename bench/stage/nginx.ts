import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../test/support/child.ts';
import { valid } from '../../test/support/identities.ts';
import type { Lifetime } from '../../test/support/servers.ts';
import { temporaryFile, temporaryFolder } from '../../test/support/temporary-files.ts';

export interface NginxPorts {
  readonly http: number;
  readonly https: number;
  /** TLS with HTTP/2. */
  readonly h2: number;
}

/** Starts nginx with one worker; it answers every request with a short text. */
export async function startNginx(
  lifetime: Lifetime,
  [program = '', ...words]: readonly string[],
  ports: NginxPorts,
): Promise<void> {
  const file = temporaryFile('nginx.conf', configuration(ports));
  const nginx = startChild(lifetime, program, [...words, '-e', 'stderr', '-c', file]);
  await nginx.waitFor(/start worker process \d/);
}

function configuration({ http, https, h2 }: NginxPorts): string {
  const folder = join(temporaryFolder(), 'nginx');
  mkdirSync(folder, { recursive: true });
  const { chain, key } = valid();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${folder}/${what};`,
  );
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 16384;
daemon off;
pid ${folder}/pid;
error_log stderr notice;
events { worker_connections 8192; }
http {
  access_log off;
  ${temporary.join(' ')}
  ssl_certificate ${temporaryFile('nginx-chain.pem', chain)};
  ssl_certificate_key ${temporaryFile('nginx-key.pem', key)};
  ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen ${http} backlog=4096;
    listen ${https} backlog=4096 ssl;
    listen ${h2} backlog=4096 ssl http2;
    location / { return 200 "ok\\n"; }
  }
}
`;
}
