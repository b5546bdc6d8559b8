import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCode } from '../../../src/net/error-reason.ts';
import { whyUnreachable } from '../../../src/net/resolver/reach.ts';
import { closedUdpPort } from '../../probers/dns/servers.ts';
import { unavailable } from '../../support/peers-available.ts';

test('a way leads to a port where no server is', async () => {
  assert.equal(await whyUnreachable(`127.0.0.1:${await closedUdpPort()}`), undefined);
});

test('the system tells why it sends nothing to a name server', async (t) => {
  if (process.platform !== 'linux') return unavailable(t, 'errors differ between systems');
  assert.equal(errorCode(await whyUnreachable('255.255.255.255')), 'EACCES');
});
