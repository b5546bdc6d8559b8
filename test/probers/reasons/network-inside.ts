// Runs in a network namespace of its own, which it spoils.
import { testCauses } from './cause.ts';
import { localPorts, network, spoilNetwork, withoutIpv6 } from './network.ts';

spoilNetwork();
testCauses('what goes wrong on the way', network);
testCauses('what goes wrong without a local port', localPorts, { concurrency: 1 });
testCauses('what goes wrong without IPv6', withoutIpv6);
