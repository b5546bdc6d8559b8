import { createHash } from 'node:crypto';
import tls from 'node:tls';
import { BoundedCache } from './bounded-cache.ts';
import { unusable } from './error-reason.ts';
import { KeyShares } from './key-shares.ts';
import type { Material, TlsSettings, TlsVersion } from './settings.ts';
import { systemRoots, TrustStore } from './trust.ts';

/** What a handshake needs that does not change from probe to probe. */
export interface TlsContext {
  readonly shares: KeyShares;
  readonly trust: TrustStore;
}

const versions: Readonly<Record<TlsVersion, tls.SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** The suites and the order in which blackbox_exporter offers them, so that a server chooses the same. */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
].join(':');

const contexts = new BoundedCache<string, TlsContext>(64);

/** What settings gave last, and from which texts. */
interface Latest {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly context: TlsContext;
}
const latest = new WeakMap<TlsSettings, Latest>();

/**
 * The context for these settings, made once and again only when a file among them has changed. Throws ProbeFailure in
 * phase `tls` when a file cannot be read or used.
 */
export function tlsContext(settings: TlsSettings): TlsContext {
  const ca = read(settings.ca);
  const cert = read(settings.cert);
  const key = read(settings.key);
  const last = latest.get(settings);
  if (last !== undefined && last.ca === ca && last.cert === cert && last.key === key) return last.context;
  const context = sharedContext(settings, ca, cert, key);
  latest.set(settings, { ca, cert, key, context });
  return context;
}

/** Modules of the same settings share a context, also over a reload. */
function sharedContext(
  settings: TlsSettings,
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): TlsContext {
  const digest = createHashKey([ca, cert, key, settings.minVersion, settings.maxVersion]);
  let context = contexts.get(digest);
  if (context === undefined) {
    context = createContext(settings, ca, cert, key);
    contexts.set(digest, context);
  }
  return context;
}

/** Most settings name no text: their key needs no digest. */
function createHashKey(parts: readonly (string | undefined)[]): string {
  const text = JSON.stringify(parts);
  return text.length < 100 ? text : createHash('sha256').update(text).digest('base64');
}

function read(material: Material | undefined): string | undefined {
  if (material === undefined) return undefined;
  try {
    return material.read();
  } catch (error) {
    throw unusable(error, 'tls', material.description);
  }
}

function createContext(
  settings: TlsSettings,
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): TlsContext {
  const { minVersion = 'TLS12', maxVersion = 'TLS13' } = settings;
  const roots = ca ?? systemRoots();
  const old = minVersion < 'TLS12' || maxVersion < 'TLS12';
  const trust = new TrustStore(roots === undefined ? tls.rootCertificates : [roots]);
  if (settings.ca !== undefined) {
    try {
      if (trust.size === 0) throw new Error('it has no certificate in PEM');
    } catch (error) {
      throw unusable(error, 'tls', settings.ca.description);
    }
  }
  try {
    const options = {
      // Whoever is named in `ca` is trusted, be it no root.
      allowPartialTrustChain: true,
      minVersion: versions[minVersion],
      maxVersion: versions[maxVersion],
      // OpenSSL allows TLS 1.0 and 1.1 only at security level 0.
      ciphers: old ? `${cipherSuites}:@SECLEVEL=0` : cipherSuites,
      ...(roots !== undefined && { ca: roots }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    };
    const shares = new KeyShares((groups) =>
      tls.createSecureContext({ ...options, ...(groups !== undefined && { ecdhCurve: groups }) }),
    );
    return { shares, trust };
  } catch (error) {
    const material = settings.cert ?? settings.ca;
    if (material === undefined) throw error;
    throw unusable(error, 'tls', material.description);
  }
}
