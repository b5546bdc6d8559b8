import type { ConfigReader } from '../config/reader.ts';
import { readTlsSettings } from '../config/tls.ts';
import { tcpDuration } from '../metrics/families/tcp.ts';
import { badTarget } from '../net/target.ts';
import type { Probe } from '../probe/context.ts';
import { holdConversation, phaseLabels } from './conversation.ts';
import { readDialogue } from './dialogue.ts';

/** The unix prober: connects to a unix socket, shakes hands where asked to, and holds a conversation. */
export function unix(section: ConfigReader): Probe {
  const steps = readDialogue(section);
  const tls = section.boolean('tls', false);
  const settings = readTlsSettings(section.section('tls_config'));
  if (tls || steps.some(({ starttls }) => starttls)) {
    if (settings.serverName === undefined && !settings.insecureSkipVerify) {
      const why = 'a path is no name to verify a certificate by: give tls_config.server_name, or hostname in the URL';
      section.warn(tls ? 'tls' : 'query_response', why);
    }
  }

  return async (context) => {
    for (const phase of ['connect', 'tls', 'dialogue'] as const)
      context.metrics.set(tcpDuration, 0, phaseLabels[phase]);
    const path = socketPath(context.target);
    await holdConversation(context, {
      open: () => {
        context.log.debug('Dialing', { path });
        return context.connector.openUnix(path);
      },
      tls,
      tlsOptions: { settings, host: context.hostname ?? '' },
      steps,
    });
  };
}

/** `struct sockaddr_un` (include/uapi/linux/un.h) holds 108 bytes, the closing NUL of a path included. */
const longestPath = 107;

const knowsAbstractNames = Number(process.versions.node.split('.', 1)[0]) >= 22;

/** Reads `/path`, `path`, `unix:///path` or, for an abstract name (unix(7)), `@name`. Throws ProbeFailure. */
function socketPath(target: string): string {
  const path = target.replace(/^unix:(\/\/(?=\/))?/, '').replace(/^@/, '\0');
  if (path.startsWith('\0') && !knowsAbstractNames) {
    throw badTarget(`An abstract socket needs Node.js 22: ${process.version} fills its name up with NULs`);
  }
  if (path === '') throw badTarget('The target names no socket');
  if (path.includes('\0', 1)) throw badTarget('The path of a socket cannot hold a NUL');
  const length = Buffer.byteLength(path);
  if (length > longestPath) {
    throw badTarget(`The path of a socket has at most ${longestPath} bytes, this one has ${length}`);
  }
  return path;
}
