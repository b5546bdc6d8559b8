import { root } from '../../support/identities.ts';
import type { ServerRecipe } from './scene.ts';

/** The token and the password that nginx wants. */
export const token = 'recipe-token';
export const password = 'recipe-password';

/** nginx: pages at `plain` and `tls` (with HTTP/2, also at 127.0.0.2, for which the certificate is not), and at `mtls` for those with a certificate of the tests' root. */
export const nginx: ServerRecipe<'plain' | 'tls' | 'mtls'> = {
  tool: 'nginx',
  ports: ['plain', 'tls', 'mtls'],
  prepare({ folder, ports, cert, key, write }) {
    write('users', `prober:{PLAIN}${password}\n`);
    write('root.pem', root.cert);
    write('private', 'for members\n');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const configuration = `
daemon off;
worker_processes 1;
error_log stderr;
pid ${folder}/pid;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  ssl_certificate ${cert};
  ssl_certificate_key ${key};
  default_type text/plain;
  server {
    listen 127.0.0.1:${ports.plain};
    location / { return 301 https://localhost:${ports.tls}$request_uri; }
    location /plain { return 200 "hello\\n"; }
  }
  server {
    listen 127.0.0.1:${ports.tls} ssl http2;
    listen 127.0.0.2:${ports.tls} ssl http2;
    location / { return 200 "hello\\n"; }
    location /private { root ${folder}; auth_basic members; auth_basic_user_file ${folder}/users; }
    location /health { default_type application/json; return 200 '{"status": "ok", "checks": [{"healthy": true}]}'; }
    location /ill { default_type application/json; return 200 '{"status": "ok", "checks": [{"healthy": false}]}'; }
    location /tenant { if ($http_x_tenant != acme) { return 403; } return 200 "hello\\n"; }
    location /ping {
      if ($http_authorization != "Bearer ${token}") { return 401; }
      if ($request_method != POST) { return 405; }
      default_type application/json;
      return 201 '{"pong": true}';
    }
  }
  server {
    listen 127.0.0.1:${ports.mtls} ssl;
    ssl_client_certificate ${folder}/root.pem;
    ssl_verify_client on;
    return 200 "hello $ssl_client_s_dn\\n";
  }
}
`;
    return ['-c', write('nginx.conf', configuration), '-p', folder];
  },
};
