import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phases, type Reason, reasons } from '../../../src/net/failure.ts';
import { badlyAnswered } from './answers.ts';
import { cancelled } from './cancelled.ts';
import { testCauses } from './cause.ts';
import { checks } from './checks.ts';
import { connecting } from './connecting.ts';
import { descriptors } from './descriptors.ts';
import { brokenOff } from './exchanges.ts';
import { files } from './files.ts';
import { handshakes } from './handshakes.ts';
import { names } from './names.ts';
import { localPorts, network, withoutIpv6 } from './network.ts';
import { helpers } from './proxies.ts';

testCauses('what goes wrong with names', names);
testCauses('what goes wrong before a connection', connecting);
testCauses('what goes wrong with TLS', handshakes);
testCauses('where an answer breaks off', brokenOff);
testCauses('what is wrong with an answer', badlyAnswered);
testCauses('what a check finds wrong', checks);
testCauses('what goes wrong with proxies and tokens', helpers);
testCauses('what goes wrong with files', files);
testCauses('probes whose client goes away', cancelled);

/** The reasons without a cause above, or in the network and the process of `elsewhere.test.ts`. */
const withoutCause: Partial<Record<Reason, string>> = {
  too_many_probes: 'a probe too many is refused with status 503, and is none',
  other: 'a cause that becomes known gets a reason of its own',
};

test('every reason and every phase has a cause', () => {
  const causes = [
    cancelled,
    connecting,
    names,
    handshakes,
    brokenOff,
    badlyAnswered,
    checks,
    helpers,
    network,
    localPorts,
    withoutIpv6,
    descriptors,
    files,
  ].flat();
  const caused = new Set<string>(causes.map(({ reason }) => reason));
  assert.deepEqual(
    reasons.filter((reason) => caused.has(reason) === reason in withoutCause),
    [],
  );
  const reached = new Set<string>(causes.map(({ phase }) => phase));
  assert.deepEqual(
    phases.filter((phase) => !reached.has(phase)),
    [],
  );
});
