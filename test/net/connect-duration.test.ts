import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectDuration } from '../../src/net/connect-duration.ts';

const cases = [
  { why: 'the kernel measured less than was seen', handshake: { rtt: 0.02, retransmits: 0 }, duration: 0.02 },
  { why: 'the kernel cannot have measured more', handshake: { rtt: 0.07, retransmits: 0 }, duration: 0.05 },
  { why: 'the SYN was sent again', handshake: { rtt: 0.02, retransmits: 1 }, duration: 0.05 },
  { why: 'the kernel says nothing', handshake: undefined, duration: 0.05 },
];

for (const { why, handshake, duration } of cases) {
  test(`a connect seen to take 50 ms took ${duration * 1000} ms: ${why}`, () => {
    assert.equal(connectDuration(0.05, handshake), duration);
  });
}
