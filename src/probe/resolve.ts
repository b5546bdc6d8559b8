import { dnsLookupTime, ipAddressHash, ipInfo, ipProtocol } from '../metrics/families/probe.ts';
import { addressHash, type ResolvedAddress } from '../net/resolve.ts';
import type { IpPolicy } from '../net/settings.ts';
import type { ProbeContext } from './context.ts';

/** Chooses the address of the probe's target and tells which, and how long it took. Throws ProbeFailure in phase `resolve`. */
export async function resolveTarget(
  context: ProbeContext,
  host: string,
  policy: IpPolicy,
): Promise<{ readonly address: ResolvedAddress; readonly duration: number }> {
  const { metrics, log } = context;
  const started = performance.now();
  metrics.set(ipProtocol, 0);
  metrics.set(ipAddressHash, 0);
  log.debug('Resolving target address', { host, ip_protocol: policy.preferred });
  let duration = 0;
  try {
    const address = await context.connector.resolve(host, policy);
    metrics.set(ipProtocol, address.family);
    metrics.set(ipAddressHash, addressHash(address));
    if (context.ipInfo) metrics.set(ipInfo, 1, { ip: address.address });
    log.debug('Resolved target address', { host, ip: address.address });
    duration = (performance.now() - started) / 1000;
    return { address, duration };
  } finally {
    metrics.set(dnsLookupTime, duration || (performance.now() - started) / 1000);
  }
}
