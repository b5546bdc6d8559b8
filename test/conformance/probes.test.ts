import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExporter, startPeer } from '../support/exporter.ts';
import { findTool } from '../support/peers-available.ts';
import { judge, type Difference } from './compare.ts';
import { mended } from './mended.ts';
import { probeBoth, Modules } from './side-by-side.ts';
import { answers } from './tables/answers.ts';
import { bodies } from './tables/bodies.ts';
import { carried } from './tables/carried.ts';
import { dns } from './tables/dns.ts';
import { grpc } from './tables/grpc.ts';
import { cel } from './tables/cel.ts';
import { handshakes } from './tables/handshakes.ts';
import { headers } from './tables/headers.ts';
import { http } from './tables/http.ts';
import { http2 } from './tables/http2.ts';
import { icmp } from './tables/icmp.ts';
import { oauth2 } from './tables/oauth2.ts';
import { proxy } from './tables/proxy.ts';
import { redirects } from './tables/redirects.ts';
import { responses } from './tables/responses.ts';
import { starttls } from './tables/starttls.ts';
import { subjects } from './tables/subjects.ts';
import { tcp } from './tables/tcp.ts';
import { tls } from './tables/tls.ts';
import { unix } from './tables/unix.ts';

const tables = {
  answers,
  http,
  headers,
  bodies,
  responses,
  redirects,
  proxy,
  oauth2,
  carried,
  cel,
  tls,
  handshakes,
  subjects,
  http2,
  tcp,
  starttls,
  grpc,
  unix,
  dns,
  icmp,
};

test('gives every series of blackbox_exporter', { concurrency: 4 }, async (t) => {
  const program = findTool(t, 'blackbox_exporter');
  if (program === undefined) return;
  const modules = new Modules();
  const cases = Object.entries(tables).flatMap(([table, rows]) =>
    rows.map((row) => ({
      row,
      title: `${table}: ${row.name}`,
      module: row.module === undefined ? undefined : modules.add(row.module),
    })),
  );
  const titles = new Set(cases.map(({ title }) => title));
  assert.deepEqual(
    Object.keys(mended).filter((title) => !titles.has(title)),
    [],
    'mends of no case',
  );
  const refusals = modules.refusals();
  const [peer, ours] = await Promise.all([
    startPeer(t, program, { config: modules.config() }),
    startExporter(t, { config: modules.config(refusals) }),
  ]);
  const runs = cases.map(({ row, title, module }) =>
    t.test(title, { skip: row.skip ?? false }, async (t) => {
      assert.equal(refusals.get(module ?? ''), undefined, 'our loader refuses the module');
      const { found } = await probeBoth(t, { peer, ours }, row, module);
      const { unexplained, idle } = judge(found, { ...row.differs, ...mended[title] });
      const complaints = [
        ...unexplained.map(describe),
        ...idle.map((mark) => `marked as different, but is not: ${mark}`),
      ];
      assert.equal(complaints.join('\n'), '', `${title}\n${JSON.stringify(row.module)}`);
    }),
  );
  await Promise.all(runs);
});

function describe({ subject, peer, ours }: Difference): string {
  return `${subject}\n    blackbox_exporter: ${peer}\n    ours: ${ours}`;
}
