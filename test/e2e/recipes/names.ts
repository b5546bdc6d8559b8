import type { ServerRecipe } from './scene.ts';

export const serial = 2_026_010_101;

/** BIND for example.com: by UDP and TCP at `dns`, by TLS at `dot`, by HTTPS at `doh`. */
export const bind: ServerRecipe<'dns' | 'dot' | 'doh'> = {
  tool: 'named',
  ports: ['dns', 'dot', 'doh'],
  user: 'bind',
  prepare({ ports, cert, key, write, makeFolder }) {
    const zone = `$TTL 300
@ IN SOA ns1.example.com. hostmaster.example.com. ${serial} 3600 600 86400 300
@ IN NS ns1
@ IN A 192.0.2.10
ns1 IN A 192.0.2.53
www IN A 192.0.2.80
`;
    const work = makeFolder('work');
    const configuration = `
tls recipes { cert-file "${cert}"; key-file "${key}"; };
http recipes { endpoints { "/dns-query"; }; };
options {
  directory "${work}";
  pid-file none;
  session-keyfile none;
  recursion no;
  listen-on port ${ports.dns} { 127.0.0.1; };
  listen-on port ${ports.dot} tls recipes { 127.0.0.1; };
  listen-on port ${ports.doh} tls recipes http recipes { 127.0.0.1; };
  listen-on-v6 { none; };
};
controls {};
zone "example.com" { type primary; file "${write('example.com.zone', zone)}"; };
`;
    return ['-g', '-n', '1', '-u', 'bind', '-c', write('named.conf', configuration)];
  },
};
