import type { ConfigReader } from '../../config/reader.ts';
import { icmpDuration, icmpReplyHopLimit } from '../../metrics/families/icmp.ts';
import { abortFailure } from '../../net/abort.ts';
import type { Probe, ProbeContext } from '../../probe/context.ts';
import { resolveTarget } from '../../probe/resolve.ts';
import { type IcmpOptions, readIcmpOptions } from './options.ts';
import { openSender } from './sender.ts';
import { Series, type Sender } from './series.ts';
import { mean, recordSeries } from './statistics.ts';

/** The icmp prober: sends echo requests and waits for the replies. One reply is a success. */
export function icmp(section: ConfigReader): Probe {
  const options = readIcmpOptions(section);

  return async (context) => {
    const { metrics, log, connector } = context;
    const phase = (name: string, seconds: number): void => metrics.add(icmpDuration, seconds, { phase: name });
    for (const name of ['resolve', 'setup', 'rtt']) phase(name, 0);
    const { address, duration } = await resolveTarget(context, context.target, options.policy);
    phase('resolve', duration);
    const started = performance.now();
    const sender = openSender(address, options.source ?? connector.settings.sourceAddress, options);
    phase('setup', (performance.now() - started) / 1000);
    log.debug('Sending echo requests', { ip: address.address, count: options.series.count });
    const { replies } = await ping(context, sender, options);
    phase('rtt', mean(replies.map(({ rtt }) => rtt)));
    const hopLimit = replies.at(-1)?.hopLimit;
    if (hopLimit !== undefined) metrics.set(icmpReplyHopLimit, hopLimit);
  };
}

/** Gives a series of at least one reply. Throws ProbeFailure when there is none. */
async function ping({ metrics, log, signal }: ProbeContext, sender: Sender, options: IcmpOptions): Promise<Series> {
  const series = new Series(sender, options.series, log);
  await series.run(signal);
  const { sent, replies, failure } = series;
  if (options.counted) recordSeries(metrics, sent, replies);
  if (signal.reason === 'cancelled') throw abortFailure(signal, 'response');
  if (replies.length === 0) throw failure ?? abortFailure(signal, 'response');
  const { count } = options.series;
  if (sent < count) log.warn('The deadline came before all echo requests were sent', { sent, count });
  return series;
}
