import type { Connection } from '../../src/net/connection.ts';
import { Connector } from '../../src/net/connector.ts';
import {
  type ConnectionSettings,
  defaultConnectionSettings,
  type Material,
  type TlsSettings,
} from '../../src/net/settings.ts';
import { root } from './identities.ts';
import type { Lifetime } from './servers.ts';

/** A text of the configuration that never changes. */
export function inline(text: string): Material {
  return { description: 'a text of the test', read: () => text };
}

/** Trusts what the tests' root has signed. */
export const trusting: TlsSettings = { insecureSkipVerify: false, ca: inline(root.cert) };

export const loopback = { address: '127.0.0.1', family: 4 } as const;

/** A connector whose connections end with the test at the latest. */
export function connectorFor(
  lifetime: Lifetime,
  settings: Partial<ConnectionSettings> = {},
  signal: AbortSignal = new AbortController().signal,
): Connector {
  const connector = new Connector({ ...defaultConnectionSettings, ...settings }, signal);
  lifetime.after(async () => void (await connector.close()));
  return connector;
}

/** Connects to a port of 127.0.0.1. */
export function connectTo(
  lifetime: Lifetime,
  port: number,
  settings?: Partial<ConnectionSettings>,
  signal?: AbortSignal,
): Promise<Connection> {
  return connectorFor(lifetime, settings, signal).open(loopback, port);
}
