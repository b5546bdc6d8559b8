import type { ConfigReader } from '../../config/reader.ts';
import * as families from '../../metrics/families/websocket.ts';
import type { ProbeMetrics } from '../../metrics/probe-metrics.ts';
import { startStopwatch } from '../../net/stopwatch.ts';
import type { Probe } from '../../probe/context.ts';
import { text } from '../http/headers.ts';
import { converse } from './dialogue.ts';
import { Messages } from './messages.ts';
import { Opening, phaseLabels } from './opening.ts';
import { readWebsocketOptions } from './options.ts';
import { parseTarget } from './target.ts';

/** The websocket prober: opens a WebSocket (RFC 6455), and exchanges messages over it. */
export function websocket(section: ConfigReader): Probe {
  const options = readWebsocketOptions(section);

  return async (context) => {
    const { metrics, hostname, signal } = context;
    startMetrics(metrics);
    const target = parseTarget(context.target);
    const hostHeader = hostname ?? (options.hostHeader && text(options.hostHeader));
    const connection = await new Opening(context, options).open(target, hostHeader);
    const messages = new Messages(connection.stream, signal);
    const stopwatch = startStopwatch(connection);
    try {
      await converse(context, options.steps, messages);
    } finally {
      metrics.set(families.websocketDuration, stopwatch(), phaseLabels.transfer);
      messages.sayGoodbye();
    }
  };
}

/** Every family is there, whatever happens: 0 where it was not reached. */
function startMetrics(metrics: ProbeMetrics): void {
  for (const phase of ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const) {
    metrics.set(families.websocketDuration, 0, phaseLabels[phase]);
  }
  metrics.set(families.websocketStatusCode, 0);
  metrics.set(families.websocketUpgraded, 0);
  metrics.set(families.websocketFailedDueToRegex, 0);
}
