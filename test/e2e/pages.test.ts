import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type BrowserContext, chromium } from 'playwright-core';
import { startExporter } from '../support/exporter.ts';
import { findTool } from '../support/peers-available.ts';
import { closedPort, serveHttp } from '../support/servers.ts';

const config = JSON.stringify({ modules: { http_2xx: { prober: 'http' }, tcp_connect: { prober: 'tcp' } } });

test('the page lists the recent probes and leads to their logs', async (t) => {
  const browser = await startBrowser(t);
  if (browser === undefined) return;
  const exporter = await startExporter(t, { config });
  const target = await serveHttp(t);
  const refused = `127.0.0.1:${await closedPort(t)}`;
  const complaints: string[] = [];
  const page = await browser.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(request.url()));

  await page.goto(exporter.url);
  assert.equal(await page.getByText('None yet.').count(), 1);

  await fetch(`${exporter.url}/probe?target=${encodeURIComponent(`${target.origin}/<b>`)}`);
  await fetch(`${exporter.url}/probe?module=tcp_connect&target=${refused}`);
  await page.reload();
  const rows = await page.locator('tbody tr').allInnerTexts();
  assert.equal(rows.length, 2);
  assert.match(rows[0] ?? '', new RegExp(`tcp_connect\\s+${refused}\\s+Failure connect: refused`));
  assert.match(rows[1] ?? '', /http_2xx\s+http:\/\/127\.0\.0\.1:\d+\/<b>\s+Success/);

  await page.getByRole('link', { name: 'Log', exact: true }).first().click();
  assert.match(await page.locator('body').innerText(), /msg="Probe failed".*reason=refused/);
  await page.goBack();
  await page.getByRole('link', { name: 'Configuration' }).click();
  assert.match(await page.locator('body').innerText(), /"?prober"?: "?tcp"?/);
  await page.goBack();
  await page.getByRole('link', { name: 'Metrics' }).click();
  assert.match(
    await page.locator('body').innerText(),
    /clearbox_probes_total\{module="tcp_connect",outcome="failure"\} 1/,
  );
  assert.deepEqual(
    complaints.filter((complaint) => !complaint.includes('favicon')),
    [],
  );
});

test('the page is readable on a narrow screen', async (t) => {
  const browser = await startBrowser(t);
  if (browser === undefined) return;
  const exporter = await startExporter(t, { config });
  await fetch(`${exporter.url}/probe?module=tcp_connect&target=${'a-long-name.'.repeat(12)}invalid:1`);
  const page = await browser.newPage();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(exporter.url);
  const { scroll, client } = await page.evaluate<{ scroll: number; client: number }>(
    '({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth })',
  );
  assert.ok(scroll <= client, `the page is ${scroll} wide on a screen of ${client}`);
});

/** A browser with an empty profile; undefined, with the test skipped, where there is none. */
async function startBrowser(t: TestContext): Promise<BrowserContext | undefined> {
  const executablePath = findTool(t, 'chromium');
  if (executablePath === undefined) return undefined;
  const profile = await mkdtemp(join(tmpdir(), 'clearbox-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  t.after(async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  });
  return browser;
}
