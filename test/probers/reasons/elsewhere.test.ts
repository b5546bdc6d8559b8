import { test } from 'node:test';
import { withoutNamespace } from '../../kernel/live-kernel.ts';
import { ownNamespace, passesInside } from '../../support/inside.ts';
import { findTool, unavailable } from '../../support/peers-available.ts';

test('failures in a network where everything goes wrong have their reasons', async (t) => {
  if (findTool(t, 'nft') === undefined) return;
  const obstacle = withoutNamespace();
  if (obstacle !== false) return unavailable(t, obstacle);
  await passesInside(ownNamespace, new URL('network-inside.js', import.meta.url));
});

test('failures of a process that may open no more files have their reason', async (t) => {
  if (process.platform === 'win32') return unavailable(t, 'needs ulimit');
  await passesInside(
    ['sh', '-c', 'ulimit -n 400 && exec "$0" "$@"'],
    new URL('descriptors-inside.js', import.meta.url),
  );
});
