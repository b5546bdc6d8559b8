import { tcpDuration } from '../metrics/families/tcp.ts';
import { labelTexts } from '../metrics/labels.ts';
import type { Connection } from '../net/connection.ts';
import { startStopwatch } from '../net/stopwatch.ts';
import type { TlsOptions } from '../net/tls.ts';
import type { ProbeContext } from '../probe/context.ts';
import { secure } from '../probe/secure.ts';
import { converse, type DialogueStep } from './dialogue.ts';

export const phaseLabels = labelTexts('phase', ['resolve', 'connect', 'tls', 'dialogue']);

export interface Conversation {
  readonly open: () => Promise<Connection>;
  /** Whether the connection is secured before anything is said. */
  readonly tls: boolean;
  readonly tlsOptions: TlsOptions;
  readonly steps: readonly DialogueStep[];
}

/** Connects, shakes hands where asked to, holds the dialogue, and tells how long each phase took. */
export async function holdConversation(context: ProbeContext, conversation: Conversation): Promise<void> {
  const { metrics, connector } = context;
  const { open, tls, tlsOptions, steps } = conversation;
  let stopwatch: (() => number) | undefined;
  try {
    const connection = await open();
    if (tls) await secure(context, connection, tlsOptions);
    stopwatch = startStopwatch(connector);
    await converse(context, steps, {
      // No getter: an object with one made here has a shape of its own, which keeps the probe until a full collection.
      stream: () => connection.stream,
      startTls: () => secure(context, connection, tlsOptions),
    });
  } finally {
    const spent = stopwatch?.() ?? 0;
    const { connect, tls: handshake } = connector.last?.phases ?? { connect: 0, tls: 0 };
    metrics.set(tcpDuration, connect, phaseLabels.connect);
    metrics.set(tcpDuration, handshake, phaseLabels.tls);
    metrics.set(tcpDuration, Math.max(0, spent - (tls ? 0 : handshake)), phaseLabels.dialogue);
  }
}
