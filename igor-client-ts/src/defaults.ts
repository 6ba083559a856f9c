// Every number and address that this side chooses by itself, in one place. Each holds until the caller or the server
// says otherwise; each is a constant of its own, so that a bundler can put the number where it is used.

/** Where a program listens when nobody said anything else. */
export const address = "ws://127.0.0.1:5678/";

/** Calls that may be open at once; a welcome replaces it. */
export const openCalls = 1024;

/** The largest message; a welcome replaces it. */
export const messageBytes = 1_048_576;

/** What the numbers before a frame can take of the limit of a message, in bytes. */
export const numbersBytes = 48;

/** The items of one call that may be on their way or unread. */
export const windowItems = 256;

/** The events that one `events()` loop may be behind. */
export const behindEvents = 1024;

/** Frames that are kept until they are acknowledged. */
export const ringFrames = 4096;

/** Characters that are kept until they are acknowledged. The hello announces them as bytes, which are never fewer. */
export const ringChars = 1_048_576;

/** Characters of all open calls, sent or waiting. */
export const openChars = 16_777_216;

/** How often a call that may run twice is sent again. */
export const resends = 2;

/** How long a server keeps the session of a client that is away; a welcome replaces it. */
export const graceMs = 10_000;

/** The time between two signs of life; a welcome replaces it. */
export const beatMs = 5_000;

/** Received frames after which an ack goes alone. */
export const ackFrames = 32;

/** Received characters after which an ack goes alone. */
export const ackChars = 65_536;

/** The time from opening a socket to its welcome. */
export const welcomeMs = 10_000;

/** The time to exchange a code for a token. */
export const exchangeMs = 5_000;

/** The time a reloaded page waits for its predecessor to let go of the session. */
export const handoverMs = 1_000;

/** The ceiling of the first wait before coming back. */
export const backoffBaseMs = 250;

/** How often that ceiling doubles: up to eight seconds. */
export const backoffDoublings = 5;

/** The same while the server may keep the session, which a longer wait could outlast: up to two seconds. */
export const keptDoublings = 3;

/** A connection that held this long was a good one: the next wait is short again. */
export const steadyMs = 5_000;

/** The longest wait that a timer can hold; a longer one would fire at once. */
export const longestTimerMs = 2_147_483_647;
