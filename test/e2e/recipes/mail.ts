import type { ServerRecipe } from './scene.ts';

/** Postfix, with StartTLS at `smtp` and TLS from the start at `smtps`. */
export const postfix: ServerRecipe<'smtp' | 'smtps'> = {
  tool: 'postfix',
  ports: ['smtp', 'smtps'],
  user: 'postfix',
  // `postfix start-fg` starts it behind a shell that does not hand on signals, and first sets up more than is needed.
  command: '/usr/lib/postfix/sbin/master',
  prepare({ folder, ports, cert, key, write, makeFolder }) {
    const main = {
      compatibility_level: '3.6',
      myhostname: 'mail.example.com',
      mydestination: '',
      local_recipient_maps: '',
      alias_maps: '',
      alias_database: '',
      inet_interfaces: 'loopback-only',
      inet_protocols: 'ipv4',
      queue_directory: makeFolder('queue', 'root'),
      data_directory: makeFolder('data'),
      smtpd_tls_security_level: 'may',
      smtpd_tls_cert_file: cert,
      smtpd_tls_key_file: key,
    };
    write('main.cf', lines(Object.entries(main).map(([name, value]) => `${name} = ${value}`)));
    const services = [
      `127.0.0.1:${ports.smtp} inet n - n - - smtpd`,
      `127.0.0.1:${ports.smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`,
      'tlsmgr unix - - n 1000? 1 tlsmgr',
      'rewrite unix - - n - - trivial-rewrite',
      'anvil unix - - n - 1 anvil',
    ];
    write('master.cf', lines(services));
    makeFolder('queue/pid', 'root');
    makeFolder('queue/public');
    makeFolder('queue/private');
    return ['-c', folder, '-d'];
  },
};

/** Dovecot, with StartTLS at `imap` and `pop3` and TLS from the start at the others. */
export const dovecot: ServerRecipe<'imap' | 'imaps' | 'pop3' | 'pop3s'> = {
  tool: 'dovecot',
  ports: ['imap', 'imaps', 'pop3', 'pop3s'],
  prepare({ folder, ports, cert, key, write }) {
    const listener = (name: keyof typeof ports, ssl: boolean): string =>
      `inet_listener ${name} {\n port = ${ports[name]}\n ssl = ${ssl ? 'yes' : 'no'}\n }`;
    const configuration = `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap pop3
ssl = yes
ssl_cert = <${cert}
ssl_key = <${key}
service imap-login {
 chroot =
 ${listener('imap', false)}
 ${listener('imaps', true)}
}
service pop3-login {
 chroot =
 ${listener('pop3', false)}
 ${listener('pop3s', true)}
}
service anvil {
 chroot =
}
passdb {
 driver = static
 args = password=unused
}
userdb {
 driver = static
 args = uid=nobody gid=nogroup home=${folder}
}
`;
    return ['-F', '-c', write('dovecot.conf', configuration)];
  },
};

function lines(list: readonly string[]): string {
  return `${list.join('\n')}\n`;
}
