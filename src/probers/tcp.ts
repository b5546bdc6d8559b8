import type { ConfigReader } from '../config/reader.ts';
import { readIpPolicy } from '../config/ip-policy.ts';
import { readSourceAddress } from '../config/connection.ts';
import { readTlsSettings } from '../config/tls.ts';
import { tcpDuration } from '../metrics/families/tcp.ts';
import { splitHostPort } from '../net/target.ts';
import { tlsContext } from '../net/tls-context.ts';
import type { Probe } from '../probe/context.ts';
import { resolveTarget } from '../probe/resolve.ts';
import { holdConversation, phaseLabels } from './conversation.ts';
import { readDialogue } from './dialogue.ts';

/** The tcp prober: connects, shakes hands where asked to, and holds a conversation. */
export function tcp(section: ConfigReader): Probe {
  const policy = readIpPolicy(section);
  const source = readSourceAddress(section);
  const steps = readDialogue(section);
  const tls = section.boolean('tls', false);
  const settings = readTlsSettings(section.section('tls_config'));

  return async (context) => {
    const { metrics, log, connector } = context;
    for (const labels of Object.values(phaseLabels)) metrics.set(tcpDuration, 0, labels);
    const { host, port } = splitHostPort(context.target);
    const { address, duration } = await resolveTarget(context, host, policy);
    metrics.set(tcpDuration, duration, phaseLabels.resolve);
    await holdConversation(context, {
      open: () => {
        if (tls) tlsContext(settings); // Files that cannot be used are told before anybody is bothered.
        log.debug('Dialing', { ip: address.address, port });
        return connector.open(address, port, source);
      },
      tls,
      tlsOptions: { settings, host: context.hostname ?? host },
      steps,
    });
  };
}
