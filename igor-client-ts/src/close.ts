// Why a socket is closed, and whether coming back makes sense.

import type { Code } from "./protocol.js";

/** This side has nothing more to say. */
export const closeDone = 1000;

/** A frame broke the protocol; the session is over. */
export const closeProtocol = 4400;

/** The token is missing or wrong; coming back with it is pointless. */
export const closeUnauthorized = 4401;

/** A guard refused; coming back is pointless. */
export const closeForbidden = 4403;

/** The hello, or its welcome, came too late. */
export const closeHelloLate = 4408;

/** Another socket has taken this session over. */
export const closeSuperseded = 4409;

/** This client was closed and will not come back; the session is over. */
export const closeGone = 4410;

/** A message was over the limit; the session is over. */
export const closeTooLarge = 4413;

/** A numbered frame is missing. */
export const closeGap = 4440;

/** Nothing was heard for two beats. */
export const closeBeatsLost = 4442;

/**
 * What to do after a socket was closed.
 *
 * - `return`: come back with the same session.
 * - `renew`: come back, but the session is over.
 * - a code: stay away; why is told by the close itself.
 */
export type AfterClose = "return" | "renew" | Code;

/** Unless its close code is one of these, a socket is lost and its session is not. */
const afterCloses: Readonly<Record<number, AfterClose>> = {
  [closeProtocol]: "renew",
  [closeTooLarge]: "renew",
  [closeUnauthorized]: "unauthorized",
  [closeForbidden]: "forbidden",
  [closeSuperseded]: "session_lost",
};

/** What a close code says about coming back. */
export function afterClose(code: number): AfterClose {
  return afterCloses[code] ?? "return";
}
