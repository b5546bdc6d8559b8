import { gauge } from '../gauge.ts';

export const sslEarliestCertExpiry = gauge(
  'probe_ssl_earliest_cert_expiry',
  'Returns last SSL chain expiry in unixtime',
);
export const sslLastChainExpiry = gauge(
  'probe_ssl_last_chain_expiry_timestamp_seconds',
  'Returns last SSL chain expiry in timestamp',
);
export const sslLastChainInfo = gauge('probe_ssl_last_chain_info', 'Contains SSL leaf certificate information');
export const tlsVersionInfo = gauge('probe_tls_version_info', 'Returns the TLS version used or NaN when unknown');
export const tlsCipherInfo = gauge('probe_tls_cipher_info', 'Returns the TLS cipher negotiated during handshake');
export const tlsVerified = gauge(
  'probe_tls_verified',
  "Whether the server's certificate is trusted, valid now and issued for the name asked",
);
