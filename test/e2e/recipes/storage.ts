import { dirname, join } from 'node:path';
import { become, run, type ServerRecipe } from './scene.ts';

export const postgresql: ServerRecipe<'sql'> = {
  tool: 'postgres',
  ports: ['sql'],
  user: 'postgres',
  asUser: true,
  async prepare({ program, folder, ports, cert, key, makeFolder }) {
    const data = makeFolder('data');
    const initdb = join(dirname(program), 'initdb');
    await run([...become('postgres'), initdb, '--no-sync', '--auth=reject', '-D', data]);
    const settings = {
      listen_addresses: '127.0.0.1',
      port: ports.sql,
      unix_socket_directories: '',
      external_pid_file: join(data, 'pid'),
      hba_file: join(data, 'pg_hba.conf'),
      ssl: 'on',
      ssl_cert_file: cert,
      ssl_key_file: key,
      fsync: 'off',
    };
    const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    return ['-D', join(folder, 'data'), ...flags];
  },
};

export const mariadb: ServerRecipe<'sql'> = {
  tool: 'mariadbd',
  ports: ['sql'],
  user: 'mysql',
  prepare({ folder, ports, cert, key, makeFolder }) {
    return [
      '--no-defaults',
      '--user=mysql',
      `--datadir=${makeFolder('data')}`,
      // Without it the system tables would be needed, which take seconds to make.
      '--skip-grant-tables',
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-log-file-size=4M',
      '--innodb-buffer-pool-size=8M',
      `--socket=${folder}/data/socket`,
      `--pid-file=${folder}/data/pid`,
      '--bind-address=127.0.0.1',
      `--port=${ports.sql}`,
      `--ssl-cert=${cert}`,
      `--ssl-key=${key}`,
    ];
  },
};

/** Redis, at a port, at one with TLS, and at the socket file `redis.sock` of its folder. */
export const redis: ServerRecipe<'plain' | 'tls'> = {
  tool: 'redis-server',
  ports: ['plain', 'tls'],
  prepare({ folder, ports, cert, key, write }) {
    const configuration = `
bind 127.0.0.1
port ${ports.plain}
tls-port ${ports.tls}
tls-cert-file ${cert}
tls-key-file ${key}
tls-ca-cert-file ${cert}
tls-auth-clients no
unixsocket ${folder}/redis.sock
save ""
`;
    return [write('redis.conf', configuration)];
  },
};

export const memcached: ServerRecipe<'cache'> = {
  tool: 'memcached',
  ports: ['cache'],
  prepare: ({ ports }) => ['-u', 'memcache', '-l', '127.0.0.1', '-p', String(ports.cache), '-U', '0'],
};

export const openldap: ServerRecipe<'ldap'> = {
  tool: 'slapd',
  ports: ['ldap'],
  prepare({ folder, ports, cert, key, write }) {
    const configuration = `
pidfile ${folder}/pid
TLSCertificateFile ${cert}
TLSCertificateKeyFile ${key}
database config
`;
    return ['-h', `ldap://127.0.0.1:${ports.ldap}`, '-f', write('slapd.conf', configuration), '-d', '0'];
  },
};

export const zookeeper: ServerRecipe<'client'> = {
  tool: 'zookeeper',
  ports: ['client'],
  command: 'java',
  prepare({ folder, ports, write }) {
    const configuration = `
dataDir=${folder}
clientPort=${ports.client}
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=ruok
`;
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    return ['-Xmx64m', '-cp', '/usr/share/java/zookeeper.jar', main, write('zoo.cfg', configuration)];
  },
};
