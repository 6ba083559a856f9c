// Who this client is to the server, across sockets and reloads.

import { handoverMs } from "./defaults.js";
import { host, isPage, randomText, readStored, store } from "./host.js";
import { raisesAttempt } from "./rules.js";
import { checkFields } from "./shape.js";

/** What names a session. The client makes the first key, the server every later one. */
export interface SessionIdentity {
  session: string;
  key: string;
  /** Counts this session's sockets, and only rises. */
  attempt: number;
}

const sessionKey = "igor.session";
const identityKinds = { session: "string", key: "string", attempt: "number" };

/** The sessions that clients of this very page have or wait for; no lock has to tell them apart. */
const claimedHere = new Set<string>();

/**
 * Keeps the identity in the page's `sessionStorage`, which a reload keeps and a duplicated tab copies. A Web Lock
 * tells the two apart: whoever holds it owns the session. Where there are no locks, or no page, the identity lives
 * in memory and nobody else can have it.
 */
export class SessionKeeper {
  #identity: SessionIdentity | undefined;
  #isStored = false;
  #isReleased = false;
  #letGo: (() => void) | undefined;

  /** The identity for the next socket, its attempt already written down. */
  async next(): Promise<SessionIdentity> {
    const identity = (this.#identity ??= await this.#begin());
    if (raisesAttempt) identity.attempt += 1;
    this.#write();
    return { ...identity };
  }

  /** Keeps what a welcome said, so that the new key is stored before anything acknowledges it. */
  keep(session: string, key: string): void {
    this.#identity &&= { ...this.#identity, session, key };
    this.#write();
  }

  /** Starts afresh: the server has given this session up. The next socket claims the new one like any other. */
  renew(): void {
    this.#identity &&= fresh();
    this.#write();
    this.forget();
  }

  /** Lets go of the session; the next socket looks for one as that of a page that was just loaded. */
  forget(): void {
    this.#identity = undefined;
    this.#letGo?.();
  }

  /** Lets another client of this page, or its next load, have the session. */
  release(): void {
    this.#isReleased = true;
    this.#letGo?.();
  }

  async #begin(): Promise<SessionIdentity> {
    if (!isPage() || !host.navigator?.locks) return fresh();
    const stored = readIdentity();
    if (stored && claimedHere.has(stored.session)) return fresh();
    const identity = stored && (await this.#claim(stored.session)) ? stored : fresh();
    // A fresh id is nobody's yet: this claim only fails where the page may not use locks at all.
    this.#isStored = identity === stored || (await this.#claim(identity.session));
    return identity;
  }

  /** Takes the lock of a session. A document that is being left may hold it for a moment more, a duplicated tab for ever. */
  async #claim(session: string): Promise<boolean> {
    claimedHere.add(session);
    const letGo = await new Promise<(() => void) | undefined>((resolve) => {
      const signal = AbortSignal.timeout(handoverMs);
      const held = (): Promise<void> => new Promise((release) => resolve(release));
      host.navigator?.locks
        ?.request(`igor.session.${session}`, { signal }, held)
        .catch(() => resolve(undefined));
    });
    this.#letGo = () => {
      claimedHere.delete(session);
      letGo?.();
    };
    if (this.#isReleased || !letGo) this.#letGo();
    return letGo !== undefined;
  }

  #write(): void {
    if (this.#isStored && this.#identity) store("sessionStorage", sessionKey, JSON.stringify(this.#identity));
  }
}

function fresh(): SessionIdentity {
  return { session: randomText(16), key: randomText(32), attempt: 0 };
}

/** The identity that an earlier load of this page left, if it can be read. */
function readIdentity(): SessionIdentity | undefined {
  try {
    const identity: unknown = JSON.parse(readStored("sessionStorage", sessionKey) ?? "");
    checkFields(identity, identityKinds, "the stored session");
    return identity as SessionIdentity;
  } catch {
    return undefined; // There is none, or somebody else wrote there.
  }
}
