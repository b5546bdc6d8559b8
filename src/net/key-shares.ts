import type { SecureContext } from 'node:tls';
import { BoundedCache } from './bounded-cache.ts';

/** What OpenSSL 3.5 offers by itself: groups in its order of preference, `*` before those it makes a key share of. */
const groups = '?*X25519MLKEM768 / ?*X25519:?secp256r1 / ?X448:?secp384r1:?secp521r1 / ?ffdhe2048:?ffdhe3072';
const withoutMlKem = groups.replace('*X25519MLKEM768', 'X25519MLKEM768');

const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
/** Whether the runtime offers more than one key share, and can be told which. */
const several = major > 3 || (major === 3 && minor >= 5);

/** How long a server's choice is believed to be the same, in milliseconds. */
const maxAge = 10 * 60 * 1000;

/** What a server is offered for a while. */
interface Offer {
  readonly everyShare: boolean;
  /** In milliseconds on the clock of `performance.now()`. */
  readonly until: number;
}

/**
 * The contexts of handshakes that differ in their key shares alone (RFC 8446 section 4.2.8). The one of ML-KEM costs as
 * much as a fifth of all that OpenSSL does: a server that chose to do without it is offered the same groups, but not
 * this share, for some minutes. When it wants the group after all, it asks for the share, and then gets it for as long.
 */
export class KeyShares {
  readonly #make: (groups: string | undefined) => SecureContext;
  readonly #every: SecureContext;
  #fewer: SecureContext | undefined;
  readonly #offers = new BoundedCache<string, Offer>(20_000);

  /** `make` gives a context that offers these groups, or those of the runtime. Throws what it throws. */
  constructor(make: (groups: string | undefined) => SecureContext) {
    this.#make = make;
    this.#every = make(several ? groups : undefined);
  }

  /** The context for a handshake with a server, by any name that is its own. */
  contextFor(server: string): SecureContext {
    const everyShare = this.#offer(server)?.everyShare ?? true;
    return everyShare ? this.#every : (this.#fewer ??= this.#make(withoutMlKem));
  }

  /** Says that a handshake with the server ended, and whether it would have done so without the share of ML-KEM. */
  ended(server: string, spared: boolean): void {
    if (!several) return;
    const offer = this.#offer(server);
    const news = offer === undefined ? spared : !offer.everyShare && !spared;
    if (news) this.#offers.set(server, { everyShare: !spared, until: performance.now() + maxAge });
  }

  /** Says that a handshake with the server broke off: the next one offers everything. */
  brokeOff(server: string): void {
    this.#offers.delete(server);
  }

  #offer(server: string): Offer | undefined {
    const offer = this.#offers.get(server);
    if (offer === undefined || offer.until > performance.now()) return offer;
    this.#offers.delete(server);
    return undefined;
  }
}
