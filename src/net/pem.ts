const certificate = /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/g;
const beginning = /-----BEGIN (?:X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM text (RFC 7468), each with its boundaries; whatever else the text has is left out. */
export function pemCertificates(text: string): string[] {
  return text.match(certificate) ?? [];
}

/** Whether a certificate of a PEM text begins without an end. */
export function hasTornCertificate(text: string): boolean {
  return text.match(beginning)?.length !== text.match(certificate)?.length;
}
