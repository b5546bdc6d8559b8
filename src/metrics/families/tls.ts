import { gauge } from '../gauge.ts';

export const sslEarliestCertExpiry = gauge(
  'probe_ssl_earliest_cert_expiry',
  'Returns last SSL chain expiry in unixtime',
);
export const sslLastChainExpiry = gauge(
  'probe_ssl_last_chain_expiry_timestamp_seconds',
  'Returns last SSL chain expiry in timestamp',
);
export const sslLastChainInfo = gauge(
  'probe_ssl_last_chain_info',
  'Contains SSL leaf certificate information',
  'of the target',
);
export const tlsVersionInfo = gauge('probe_tls_version_info', 'Returns the TLS version used or NaN when unknown');
export const tlsCipherInfo = gauge('probe_tls_cipher_info', 'Returns the TLS cipher negotiated during handshake');
export const tlsVerified = gauge(
  'probe_tls_verified',
  "Whether the server's certificate is trusted, valid now and issued for the name asked",
);
export const tlsGroupInfo = gauge('probe_tls_group_info', 'Group of the key exchange');
export const tlsAlpnInfo = gauge('probe_tls_alpn_info', 'Protocol that client and server agreed upon by ALPN');

export const sslCertNotAfter = gauge(
  'probe_ssl_cert_not_after_timestamp_seconds',
  'When each certificate that was served expires, in unixtime',
);
export const sslCertNotBefore = gauge(
  'probe_ssl_cert_not_before_timestamp_seconds',
  'When each certificate that was served begins to be valid, in unixtime',
);
export const sslVerifiedCertNotAfter = gauge(
  'probe_ssl_verified_cert_not_after_timestamp_seconds',
  'When each certificate of the verified chain expires, in unixtime',
  'of the target',
);
export const sslVerifiedCertNotBefore = gauge(
  'probe_ssl_verified_cert_not_before_timestamp_seconds',
  'When each certificate of the verified chain begins to be valid, in unixtime',
  'of the target',
);
export const sslKeyInfo = gauge('probe_ssl_key_info', "Kind and size of the key in the server's own certificate");
export const sslSignatureInfo = gauge(
  'probe_ssl_signature_info',
  "Algorithm by which the server's own certificate is signed",
);

export const sslOcspStapled = gauge('probe_ssl_ocsp_stapled', 'Whether the server stapled an OCSP response');
export const sslOcspVerified = gauge(
  'probe_ssl_ocsp_response_verified',
  'Whether the stapled OCSP response is for the certificate, signed by whom it should be, and valid now',
);
export const sslOcspStatus = gauge(
  'probe_ssl_ocsp_response_status',
  'What the stapled OCSP response says of the certificate, 1 for the status it has',
);
export const sslOcspThisUpdate = gauge(
  'probe_ssl_ocsp_this_update_timestamp_seconds',
  'Since when the status in the stapled OCSP response is known to be right, in unixtime',
);
export const sslOcspNextUpdate = gauge(
  'probe_ssl_ocsp_next_update_timestamp_seconds',
  'Until when the status in the stapled OCSP response holds, in unixtime',
);
export const sslOcspProducedAt = gauge(
  'probe_ssl_ocsp_produced_at_timestamp_seconds',
  'When the stapled OCSP response was signed, in unixtime',
);
