// Every number and address that this side chooses by itself, in one place.

/** What holds until the caller or the server says otherwise. */
export const defaults = {
  /** Where a program listens when nobody said anything else. */
  address: "ws://127.0.0.1:5678/",
  /** Calls that may be open at once; a welcome replaces it. */
  openCalls: 1024,
  /** The largest message; a welcome replaces it. */
  messageBytes: 1_048_576,
  /** The items of one call that may be on their way or unread. */
  windowItems: 256,
  /** The events that one `events()` loop may be behind. */
  behindEvents: 1024,
  /** The replay ring that the hello announces. */
  ringBytes: 1_048_576,
  /** Received frames after which an ack goes alone. */
  ackFrames: 32,
  /** Received characters after which an ack goes alone. */
  ackChars: 65_536,
  /** The time from opening a socket to its welcome. */
  welcomeMs: 10_000,
  /** The time to exchange a code for a token. */
  exchangeMs: 5_000,
  /** The time a reloaded page waits for its predecessor to let go of the session. */
  handoverMs: 1_000,
  /** The ceiling of the first wait before coming back. */
  backoffBaseMs: 250,
  /** The ceiling of every wait before coming back. */
  backoffCapMs: 10_000,
  /** A connection that held this long was a good one: the next wait is short again. */
  steadyMs: 5_000,
} as const;

/** The longest wait that a timer can hold; a longer one would fire at once. */
export const longestTimerMs = 2_147_483_647;
