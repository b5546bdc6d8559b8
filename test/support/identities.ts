import { authority, daysFromNow, leaf, type CertificateOptions, type Identity } from './certificates.ts';

/** The authority whose certificate the tests' modules trust. */
export const root = authority([
  ['O', 'Clearbox Tests'],
  ['CN', 'Test Root'],
]);

/** An authority between the root and every leaf but those that say otherwise. */
export const intermediate = authority([['CN', 'Test Intermediate']], root, { notAfter: daysFromNow(60) });

/** An authority that nobody trusts. */
export const foreignRoot = authority([['CN', 'Foreign Root']]);

const made = new Map<string, Identity>();

/** A certificate below the intermediate authority, made on first use of `name` and kept. */
export function identity(name: string, options: CertificateOptions = {}): Identity {
  return remember(name, () => leaf(intermediate, options));
}

export const valid = (): Identity => identity('valid');
export const validRsa = (): Identity => identity('valid-rsa', { key: 'rsa' });
export const expired = (): Identity => identity('expired', { notBefore: daysFromNow(-30), notAfter: daysFromNow(-2) });
export const notYetValid = (): Identity =>
  identity('not-yet-valid', { notBefore: daysFromNow(2), notAfter: daysFromNow(30) });
export const wrongHost = (): Identity => identity('wrong-host', { names: ['other.test', '192.0.2.1'] });
export const withoutNames = (): Identity => identity('without-names', { subject: [['CN', 'localhost']], names: [] });
export const selfSigned = (): Identity =>
  remember('self-signed', () => leaf('self', { subject: [['CN', 'self.test']] }));
export const untrusted = (): Identity => remember('untrusted', () => leaf(foreignRoot));
export const belowRoot = (): Identity => remember('below-root', () => leaf(root));
export const client = (): Identity =>
  remember('client', () => leaf(root, { subject: [['CN', 'prober']], names: [], usage: 'client' }));
export const foreignClient = (): Identity =>
  remember('foreign-client', () => leaf(foreignRoot, { subject: [['CN', 'stranger']], names: [], usage: 'client' }));

function remember(name: string, make: () => Identity): Identity {
  const known = made.get(name);
  if (known !== undefined) return known;
  const identity = make();
  made.set(name, identity);
  return identity;
}
