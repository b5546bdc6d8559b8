import assert from 'node:assert/strict';
import type { ProbeFailure, Reason } from '../../../src/net/failure.ts';

/** For assert.rejects: a failure in phase `resolve` with this reason. */
export function failing(reason: Reason, message = /./): (failure: ProbeFailure) => boolean {
  return (failure) => {
    assert.deepEqual([failure.phase, failure.reason], ['resolve', reason]);
    assert.match(failure.message, message);
    return true;
  };
}
