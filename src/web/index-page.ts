import { escapeHtml } from './html.ts';

/** One row of the table of recent probes. */
export interface RecentProbe {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly module: string;
  /** As it may be shown. */
  readonly target: string;
  /** Seconds. */
  readonly duration: number;
  /** Why it failed; undefined on success. */
  readonly failure: string | undefined;
}

export interface IndexPage {
  readonly version: string;
  /** Newest first. */
  readonly recent: readonly RecentProbe[];
  /** Whether the probes' logs can be read. */
  readonly logs: boolean;
}

const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 small { font-size: 1rem; font-weight: normal; opacity: .65; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td.target { overflow-wrap: anywhere; min-width: 12rem; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.failure { color: #c62828; font-weight: 600; }
@media (prefers-color-scheme: dark) { .failure { color: #ff8a80; } }
`;

/** The page at the root: links, and the recent probes. Its links are relative, so it works under any prefix. */
export function indexPage({ version, recent, logs }: IndexPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Clearbox Exporter</title>
<style>${style}</style>
</head>
<body>
<h1>Clearbox Exporter <small>${escapeHtml(version)}</small></h1>
<ul>
<li><a href="probe?target=prometheus.io&amp;module=http_2xx">Probe prometheus.io with http_2xx</a></li>
${logs ? '<li><a href="probe?target=prometheus.io&amp;module=http_2xx&amp;debug=true">The same, with its log</a></li>\n' : ''}<li><a href="metrics">Metrics of the exporter</a></li>
<li><a href="config">Configuration</a></li>
</ul>
<h2>Recent probes</h2>
${recent.length === 0 ? '<p>None yet.</p>' : table(recent, logs)}
</body>
</html>
`;
}

function table(recent: readonly RecentProbe[], logs: boolean): string {
  const heads = ['Ended (UTC)', 'Module', 'Target', 'Result', 'Seconds', ...(logs ? ['Log'] : [])];
  return `<div><table>
<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>
${recent.map((probe) => row(probe, logs)).join('\n')}
</tbody>
</table></div>`;
}

function row(probe: RecentProbe, logs: boolean): string {
  const { failure } = probe;
  const time = new Date(probe.time).toISOString().slice(0, 19).replace('T', ' ');
  const result = failure === undefined ? 'Success' : `<span class="failure">Failure</span> ${escapeHtml(failure)}`;
  return (
    `<tr><td class="number">${time}</td><td>${escapeHtml(probe.module)}</td>` +
    `<td class="target">${escapeHtml(probe.target)}</td><td>${result}</td>` +
    `<td class="number">${probe.duration.toFixed(3)}</td>${logs ? `<td><a href="logs?id=${probe.id}">Log</a></td>` : ''}</tr>`
  );
}
