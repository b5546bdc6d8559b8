import { existsSync, mkdirSync } from 'node:fs';
import { run, type ServerRecipe } from './scene.ts';

export const openssh: ServerRecipe<'ssh'> = {
  tool: 'sshd',
  ports: ['ssh'],
  async prepare({ folder, ports, write }) {
    // Its privilege separation wants this folder, which the package leaves to the service that starts it.
    if (!existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/host-key`]);
    const configuration = `
ListenAddress 127.0.0.1:${ports.ssh}
HostKey ${folder}/host-key
PidFile none
`;
    return ['-D', '-e', '-f', write('sshd_config', configuration)];
  },
};

/** vsftpd, with AUTH TLS. */
export const vsftpd: ServerRecipe<'ftp'> = {
  tool: 'vsftpd',
  ports: ['ftp'],
  prepare({ ports, cert, key, write, makeFolder }) {
    const configuration = `
background=NO
listen=YES
listen_ipv6=NO
listen_address=127.0.0.1
listen_port=${ports.ftp}
anonymous_enable=YES
ssl_enable=YES
rsa_cert_file=${cert}
rsa_private_key_file=${key}
secure_chroot_dir=${makeFolder('empty')}
seccomp_sandbox=NO
`;
    return [write('vsftpd.conf', configuration.trimStart())];
  },
};

/** ngIRCd, which wants an answer to its PING before it lets a user in. */
export const ngircd: ServerRecipe<'irc'> = {
  tool: 'ngircd',
  ports: ['irc'],
  prepare({ ports, write }) {
    const configuration = `
[Global]
Name = irc.example.com
Info = recipes
Listen = 127.0.0.1
Ports = ${ports.irc}
ServerUID = irc
ServerGID = irc
PidFile =
[Options]
Ident = no
PAM = no
DNS = no
RequireAuthPing = yes
`;
    return ['-n', '-f', write('ngircd.conf', configuration)];
  },
};

/** Prosody for example.com, with StartTLS at `client` and TLS from the start at `tls`. */
export const prosody: ServerRecipe<'client' | 'tls'> = {
  tool: 'prosody',
  ports: ['client', 'tls'],
  prepare({ folder, ports, cert, key, write, makeFolder }) {
    makeFolder('certs');
    const configuration = `
run_as_root = true
pidfile = "${folder}/pid"
data_path = "${folder}"
interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.client} }
c2s_direct_tls_ports = { ${ports.tls} }
s2s_ports = {}
modules_enabled = { "tls", "saslauth" }
modules_disabled = { "s2s" }
log = { info = "*console" }
ssl = { certificate = "${cert}", key = "${key}" }
c2s_direct_tls_ssl = ssl
VirtualHost "example.com"
`;
    return ['-F', '--config', write('prosody.cfg.lua', configuration)];
  },
};

/** Mosquitto, which lets everybody in. */
export const mosquitto: ServerRecipe<'mqtt'> = {
  tool: 'mosquitto',
  ports: ['mqtt'],
  prepare({ ports, write }) {
    return ['-c', write('mosquitto.conf', `listener ${ports.mqtt} 127.0.0.1\nallow_anonymous true\n`)];
  },
};
