// The words of the wire: frames, codes and close codes, exactly as PROTOCOL.md has them.

/** The subprotocol that a server of this protocol version answers with. */
export const subprotocol = "igor.1";

/** What stands before the token in the second offered subprotocol. */
export const tokenPrefix = "igor.token.";

/** The actions that belong to the protocol itself, in both directions. */
export const protocolActions = {
  hello: "igor.hello",
  welcome: "igor.welcome",
  goodbye: "igor.goodbye",
} as const;

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
 * `session_lost` never travels. It is raised here, for a call whose connection ended before its answer came.
 */
export type Code = keyof typeof codes | "session_lost";

/** Why a socket was closed. */
export const closeCodes = {
  /** This side has nothing more to say. */
  done: 1000,
  /** A frame broke the protocol; the session is over. */
  protocolError: 4400,
  /** The token is missing or wrong; coming back with it is pointless. */
  unauthorized: 4401,
  /** A guard refused; coming back is pointless. */
  forbidden: 4403,
  /** The hello, or its welcome, came too late. */
  helloLate: 4408,
  /** Another socket has taken this session over. */
  superseded: 4409,
  /** A message was over the limit; the session is over. */
  tooLarge: 4413,
  /** The server has no room now. */
  overloaded: 4429,
  /** A numbered frame is missing. */
  gap: 4440,
  /** This side did not read fast enough. */
  tooSlow: 4441,
  /** Nothing was heard for two beats. */
  beatsLost: 4442,
  /** The server is going away. */
  goingAway: 4503,
} as const;

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
  name?: string;
  /** The size of this side's replay ring, in bytes. */
  ring: number;
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

/** What the server says first. */
export interface WelcomeData {
  clientId: string;
  session: string;
  key: string;
  beatMs: number;
  limits: ServerLimits;
  /** The hash, or the whole table where the client's hash is another. */
  contract: string | Contract;
}
