/** A text that configuration names: inline, or a file that is read anew when it changes. */
export interface Material {
  /** Where the text comes from, for error messages; never the text. */
  readonly description: string;
  /** The text as it is now. Throws an Error that names the file when it cannot be read. */
  read(): string;
}

/** What a module's `connection:` section decides for every connection of its probes. */
export interface ConnectionSettings {
  /** How a connection ends: by RST (`SO_LINGER` 0), which leaves no socket behind, or by FIN. */
  readonly close: 'reset' | 'fin';
  /** Milliseconds; the probe's deadline holds as well. */
  readonly connectTimeout?: number;
  /** Milliseconds; the probe's deadline holds as well. */
  readonly tlsHandshakeTimeout?: number;
  /** The local IP address to connect from. */
  readonly sourceAddress?: string;
}

export const defaultConnectionSettings: ConnectionSettings = { close: 'reset' };

export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

/** A `tls_config` section. */
export interface TlsSettings {
  readonly insecureSkipVerify: boolean;
  readonly serverName?: string;
  readonly ca?: Material;
  readonly cert?: Material;
  readonly key?: Material;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
}

export const defaultTlsSettings: TlsSettings = { insecureSkipVerify: false };

/** Which IP version to connect to when a name has both, and whether the other will do. */
export interface IpPolicy {
  readonly preferred: 'ip4' | 'ip6';
  readonly fallback: boolean;
}
