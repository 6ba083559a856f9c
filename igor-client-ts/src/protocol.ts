// The words of the wire: frames, codes and close codes, exactly as PROTOCOL.md has them.

/** The subprotocol that a server of this protocol version answers with. */
export const subprotocol = "igor.1";

/** What stands before the token in the second offered subprotocol. */
export const tokenPrefix = "igor.token.";

/** What the actions begin with that belong to the protocol itself. */
export const ownPrefix = "igor.";

/** The first frame of a socket. */
export const helloAction = "igor.hello";

/** The answer to it. */
export const welcomeAction = "igor.welcome";

/** The server goes away. */
export const goodbyeAction = "igor.goodbye";

/** In the place of events that are missing. */
export const missedAction = "igor.missed";

/** Every code that travels, with its number on the wire. */
export const codes = {
  /** Not JSON, not an object, or a field of the wrong kind. */
  bad_frame: 400,
  /** No token, or a wrong one. */
  unauthorized: 401,
  /** A guard refused, or the name is somebody else's. */
  forbidden: 403,
  /** No such action. */
  unknown_action: 404,
  /** The caller's or the action's deadline passed. */
  deadline_exceeded: 408,
  /** This name means something else on the other side. */
  contract_mismatch: 409,
  /** Over the limit of a frame. */
  too_large: 413,
  /** The data does not fit the action's parameters. */
  bad_data: 422,
  /** Too many open calls, or a full queue. */
  overloaded: 429,
  /** The action's own typed error. */
  action_failed: 450,
  /** A value that the wire cannot hold. */
  unsendable: 452,
  /** The caller cancelled. */
  cancelled: 499,
  /** A panic or an unexpected error; the id in the text is in the server's log too. */
  internal: 500,
  /** The server drains. */
  shutting_down: 503,
} as const;

/**
 * Why something failed: the closed set that both languages share.
 *
 * `session_lost` never travels. It is raised here, for a call whose session ended before its answer came.
 */
export type Code = keyof typeof codes | "session_lost";

/** One frame, in either direction; which fields stand together is told by PROTOCOL.md. */
export interface WireFrame {
  /** The number of a reliable frame, from 1 in each direction. */
  n?: number;
  /** The highest number received without a gap. */
  ack?: number;
  /** A call's number, or the id of a process. */
  streamId?: number | string;
  action?: string;
  /** How many more items may be sent. */
  credit?: number | undefined;
  deadlineMs?: number | undefined;
  data?: unknown;
  error?: string;
  code?: number;
  /** True on the last frame of a stream. */
  close?: boolean;
  cancel?: boolean;
  /** True on a beat that asks for an answer at once. */
  beat?: boolean;
  retryAfterMs?: number;
}

/** What a client says first. */
export interface HelloData {
  session: string;
  key: string;
  page: string;
  attempt: number;
  contract: string;
  name: string | undefined;
  /** The size of this side's replay ring, in bytes. */
  ring: number;
  /** Where the page stands; on each of its sockets but the first. */
  resume: PageStanding | undefined;
}

/** Where a page stands that wants to go on. */
export interface PageStanding {
  /** The server that it was last welcome at, if it ever was. */
  epoch: string | undefined;
  /** The highest number that it has received without a gap. */
  received: number;
  /** The lowest number that it can still send. */
  have: number;
}

/** What the server allows, told in its welcome. */
export interface ServerLimits {
  messageBytes: number;
  openCalls: number;
  credit: number;
  ringFrames: number;
  ringBytes: number;
}

/** What names a contract: one short hash for the whole, and one for each action and event. */
export interface Contract {
  readonly hash: string;
  readonly names: Readonly<Record<string, string>>;
}

/** What the server says last. */
export interface GoodbyeData {
  /** How long it wants to be left alone. */
  retryAfterMs: number;
  /** The last call that it has begun; it runs none behind it. */
  lastCall: number;
}

/** What the server says first. */
export interface WelcomeData {
  clientId: string;
  session: string;
  key: string;
  /** Random for each start of the server. */
  epoch: string;
  /** Whether the page goes on where it was. */
  resumed: boolean;
  /** Why it does not. */
  reason?: string;
  /** The highest number that the server has received without a gap. */
  received: number;
  /** How long the server keeps the session while the client is away. */
  graceMs: number;
  /** How long either side is silent at most. */
  beatMs: number;
  limits: ServerLimits;
  /** The hash, or the whole table where the client's hash is another. */
  contract: string | Contract;
}
