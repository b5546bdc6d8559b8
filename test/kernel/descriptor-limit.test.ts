import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descriptorLimit, parseLimits } from '../../src/kernel/descriptor-limit.ts';

const head = 'Limit                     Soft Limit           Hard Limit           Units     \n';

test('the soft limit of open files is read', () => {
  const line = 'Max open files            1024                 1048576              files     \n';
  assert.equal(
    parseLimits(`${head}Max processes             7                    8                    processes \n${line}`),
    1024,
  );
  assert.equal(parseLimits(head + line.replace('1024     ', 'unlimited')), Infinity);
  assert.equal(parseLimits(head), undefined);
});

test('this process has a limit on Linux', () => {
  const limit = descriptorLimit();
  assert.ok(process.platform === 'linux' ? limit !== undefined && limit > 10 : limit === undefined);
});
