import { jwtBearer, type OAuth2Settings } from '../../config/oauth2.ts';
import { Cancellation, abortFailure, onAbort, type ProbeSignal } from '../../net/abort.ts';
import type { NameResolver } from '../../net/resolve.ts';
import type { ConnectionSettings, IpPolicy, Material } from '../../net/settings.ts';
import type { ProbeContext } from '../../probe/context.ts';
import { text } from './headers.ts';
import { askForToken, type ClientAuthentication, type Token, TokenRefusal } from './token-request.ts';

/** A token is replaced so long before it expires, in milliseconds. */
const margin = 10_000;

/** Gives the probes of one module their token, and keeps it until it expires. Probes that need one at once ask once. */
export class TokenSource {
  readonly #settings: OAuth2Settings;
  #kept: { readonly token: Token; readonly secret: string } | undefined;
  #asking: Asking | undefined;
  #authentication: ClientAuthentication | undefined;

  constructor(settings: OAuth2Settings) {
    this.#settings = settings;
  }

  /** The value of the Authorization header. Throws ProbeFailure in phase `request`. */
  async authorization({ signal, connector, log }: ProbeContext, policy: IpPolicy): Promise<string> {
    const secret = text(this.#secret);
    const kept = this.#kept;
    if (kept !== undefined && kept.secret === secret && kept.token.expires - margin > Date.now()) {
      return kept.token.authorization;
    }
    if (this.#asking === undefined || this.#asking.abandoned || this.#asking.given.secret !== secret) {
      log.debug('Requesting an OAuth2 token', { url: this.#settings.tokenUrl.origin });
      this.#asking = new Asking(
        { secret, policy, connection: connector.settings, resolver: connector.resolver },
        (given, abort) => this.#ask(given, abort),
      );
    }
    return (await this.#asking.wait(signal)).authorization;
  }

  /** Forgets a token that the target has refused, so that the next probe asks for another. */
  forget(authorization: string): void {
    if (this.#kept?.token.authorization === authorization) this.#kept = undefined;
  }

  get #secret(): Material | undefined {
    const { grant } = this.#settings;
    return grant.type === jwtBearer ? grant.key : grant.clientSecret;
  }

  async #ask(given: Given, signal: ProbeSignal): Promise<Token> {
    try {
      const token = await this.#askAsUnderstood(given, signal);
      this.#kept = { token, secret: given.secret };
      return token;
    } finally {
      if (this.#asking?.given === given) this.#asking = undefined;
    }
  }

  /** Servers differ in where they look for the client's password: both ways are tried, and the one that works is kept. */
  async #askAsUnderstood(given: Given, signal: ProbeSignal): Promise<Token> {
    if (this.#authentication !== undefined) return await this.#askBy(this.#authentication, given, signal);
    try {
      return await this.#askBy('header', given, signal);
    } catch (error) {
      if (!(error instanceof TokenRefusal) || this.#settings.grant.type === jwtBearer) throw error;
      return await this.#askBy('parameters', given, signal).catch((second: unknown) => {
        // The server that does not know the client has least to say of why.
        throw second instanceof TokenRefusal && second.status === 401 ? error : second;
      });
    }
  }

  async #askBy(authentication: ClientAuthentication, given: Given, signal: ProbeSignal): Promise<Token> {
    const token = await askForToken(this.#settings, { ...given, authentication }, signal);
    this.#authentication = authentication;
    return token;
  }
}

/** What a request for a token is made with. */
interface Given {
  /** The client's password, or its key. */
  readonly secret: string;
  readonly policy: IpPolicy;
  readonly connection: ConnectionSettings;
  readonly resolver: NameResolver;
}

/** A request for a token that several probes wait for. It goes on until nobody waits any more. */
class Asking {
  readonly given: Given;
  readonly #cancellation = new Cancellation();
  readonly #token: Promise<Token>;
  #waiting = 0;

  constructor(given: Given, ask: (given: Given, signal: ProbeSignal) => Promise<Token>) {
    this.given = given;
    this.#token = Promise.resolve().then(() => ask(given, this.#cancellation));
    this.#token.catch(() => {}); // Whoever waits hears of it.
  }

  /** Whether it was given up, since nobody waited any more. */
  get abandoned(): boolean {
    return this.#cancellation.aborted;
  }

  async wait(signal: ProbeSignal): Promise<Token> {
    this.#waiting += 1;
    let stop = (): void => {};
    const calledOff = new Promise<never>((_, reject) => {
      stop = onAbort(signal, () => reject(abortFailure(signal, 'request')));
    });
    try {
      return await Promise.race([this.#token, calledOff]);
    } finally {
      stop();
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#cancellation.abort('cancelled');
    }
  }
}
