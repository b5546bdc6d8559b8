import assert from 'node:assert/strict';

/** Answers ApiVersions, version 0, with the correlation id of the request, no error, and the keys 0 to 18. */
export function apiVersions(request: Buffer): Buffer {
  assert.equal(request.readInt32BE(0), request.length - 4);
  assert.deepEqual([request.readInt16BE(4), request.readInt16BE(6)], [18, 0]);
  const clientId = request.subarray(14);
  assert.equal(request.readInt16BE(12), clientId.length);
  const keys = Array.from({ length: 19 }, (_, key) => Buffer.from([0, key, 0, 0, 0, 3]));
  const body = Buffer.concat([request.subarray(8, 12), Buffer.from([0, 0, 0, 0, 0, keys.length]), ...keys]);
  return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
}
