import { test } from 'node:test';
import { withoutNamespace } from '../../kernel/live-kernel.ts';
import { ownNamespace, passesInside } from '../../support/inside.ts';
import { findTool, unavailable } from '../../support/peers-available.ts';

test('on a lossy path the gauges are what ss shows and the filter counts', async (t) => {
  if (findTool(t, 'nft') === undefined) return;
  const obstacle = withoutNamespace();
  if (obstacle !== false) return unavailable(t, obstacle);
  await passesInside(ownNamespace, new URL('lossy-path-inside.js', import.meta.url));
});
