import { randomInt } from 'node:crypto';
import type { ConfigReader } from '../../config/reader.ts';
import * as families from '../../metrics/families/dns.ts';
import { labelTexts } from '../../metrics/labels.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { badTarget } from '../../net/target.ts';
import { startStopwatch } from '../../net/stopwatch.ts';
import type { Probe, ProbeContext } from '../../probe/context.ts';
import { resolveTarget } from '../../probe/resolve.ts';
import { checkRcode, checkRecords } from './checks.ts';
import { rcodeText, types } from './codes.ts';
import type { Exchange } from './exchange.ts';
import { askByHttps } from './https.ts';
import { decodeMessage, type DnsMessage } from './message.ts';
import { type DnsOptions, readDnsOptions, type Transport } from './options.ts';
import type { Query } from './query.ts';
import { serialOf } from './records.ts';
import { askByStream } from './stream.ts';
import { parseDnsTarget } from './target.ts';
import { askByUdp } from './udp.ts';
import { WireError } from './wire.ts';

const phaseLabels = labelTexts('phase', ['resolve', 'connect', 'request']);

/** The dns prober: asks a server one question, and checks its answer. */
export function dns(section: ConfigReader): Probe {
  const options = readDnsOptions(section);
  const run = async (context: ProbeContext): Promise<void> => {
    startMetrics(context);
    const query = chooseQuery(options, context.parameters);
    if (typeof query === 'string') throw badTarget(query);
    const message = decode(await ask(context, options, query));
    describe(context, query, message);
    checkRcode(options.validRcodes, message.rcode);
    for (const name of ['answer', 'authority', 'additional'] as const) {
      checkRecords(name, message[name], options[name], context.log);
    }
  };
  return Object.assign(run, {
    refuse: ({ parameters }: Pick<ProbeContext, 'parameters'>) => {
      const query = chooseQuery(options, parameters);
      return typeof query === 'string' ? query : undefined;
    },
  });
}

function startMetrics({ metrics }: ProbeContext): void {
  for (const labels of Object.values(phaseLabels)) metrics.set(families.dnsDuration, 0, labels);
  metrics.set(families.dnsAnswerRrs, 0);
  metrics.set(families.dnsAuthorityRrs, 0);
  metrics.set(families.dnsAdditionalRrs, 0);
  metrics.set(families.dnsQuerySucceeded, 0);
}

/** The query that the parameters of a request make; a text says why they make none. */
function chooseQuery({ queryFor }: DnsOptions, parameters: ProbeContext['parameters']): Query | string {
  try {
    return queryFor(parameters);
  } catch (error) {
    if (error instanceof SyntaxError) return `The parameters make query_name no domain name: ${error.message}`;
    throw error;
  }
}

async function ask(context: ProbeContext, options: DnsOptions, query: Query): Promise<Buffer> {
  const { metrics, log, connector } = context;
  const { transport, tls } = options;
  const { host, port, url } = parseDnsTarget(context.target, transport);
  const { address, duration } = await resolveTarget(context, host, options.policy);
  metrics.set(families.dnsDuration, duration, phaseLabels.resolve);
  const { question } = query;
  log.debug('Making DNS query', { ip: address.address, port, transport, query: question.name, type: question.type });
  let stopwatch = startStopwatch(connector);
  let connected: number | undefined;
  try {
    const exchange: Exchange = {
      context,
      address,
      port,
      source: options.source ?? connector.settings.sourceAddress,
      tls: tlsOptions(context, transport, tls, host),
      query,
      // Answers to the same question by HTTPS are to be the same for caches (RFC 8484, section 4.1).
      id: transport === 'https' ? 0 : randomInt(0x10000),
      connected: () => {
        connected = stopwatch();
        stopwatch = startStopwatch(connector);
      },
    };
    if (url !== undefined) return await askByHttps(exchange, url);
    return await (transport === 'udp' ? askByUdp(exchange) : askByStream(exchange));
  } finally {
    metrics.set(families.dnsDuration, connected ?? stopwatch(), phaseLabels.connect);
    if (connected !== undefined) metrics.set(families.dnsDuration, stopwatch(), phaseLabels.request);
  }
}

function tlsOptions(
  { hostname }: ProbeContext,
  transport: Transport,
  settings: DnsOptions['tls'],
  host: string,
): Exchange['tls'] {
  if (transport === 'udp' || transport === 'tcp') return undefined;
  return { settings, host: hostname ?? host, ...(transport === 'https' && { alpn: ['h2', 'http/1.1'] }) };
}

function decode(bytes: Buffer): DnsMessage {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ProbeFailure('response', 'bad_response', `The answer is malformed: ${error.message}`, { cause: error });
  }
}

function describe({ metrics, log }: ProbeContext, { question }: Query, message: DnsMessage): void {
  const { answer, authority, additional, rcode, truncated } = message;
  metrics.set(families.dnsAnswerRrs, answer.length);
  metrics.set(families.dnsAuthorityRrs, authority.length);
  metrics.set(families.dnsAdditionalRrs, additional.length);
  metrics.set(families.dnsQuerySucceeded, 1);
  if (question.type === types.SOA) metrics.set(families.dnsSerial, serialOf(answer) ?? 0);
  log.debug('Got answer', {
    rcode: rcodeText(rcode),
    truncated,
    answer_rrs: answer.length,
    authority_rrs: authority.length,
    additional_rrs: additional.length,
  });
}
