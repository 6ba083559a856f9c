// What a program is started with, and every number that holds until the caller says otherwise.

/** A Rust program: the path of its binary, or how to run it. */
export type Program = string | { readonly command: string; readonly args: readonly string[] };

/** How often and how soon a program that crashed is started again. */
export interface RestartOptions {
  /** How many crashes within `withinMs` there may be before it is given up; 5. */
  limit?: number;
  /** The time in which crashes are counted; 60 s. */
  withinMs?: number;
  /** The wait after the first crash, which doubles with each; 250 ms. */
  baseMs?: number;
  /** The longest wait; 10 s. */
  capMs?: number;
}

/** How long each step of ending a program may take before the next one follows. */
export interface EndOptions {
  /** The time for running calls to finish, after it was asked to end; 5 s. */
  askedMs?: number;
  /** The time after the end of its standard input; 3 s. */
  inputMs?: number;
  /** The time after SIGTERM, behind which there is only SIGKILL; 2 s. */
  terminatedMs?: number;
}

/** How a program is started, reached and ended. */
export interface StartOptions {
  /** The binary, or `cargoRun("my-program")` in development. It needs no path of a shell: none is used. */
  program: Program;
  /** Its arguments; `--igor-sidecar` comes behind them. */
  args?: readonly string[];
  /** The directory that it is started in; by default that of this process. */
  cwd?: string;
  /** Its environment; by default that of this process. The token is not in it. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The origins whose pages may speak to it, exactly as browsers send them: `app://chat`. */
  origins?: readonly string[];
  /** The contract that the interface was generated for; a program with another one is refused. */
  contract?: { readonly hash: string };
  /** A port of the loopback, or a Unix socket or named pipe that no page can reach; `port`. */
  transport?: "port" | "pipe";
  /** Whether one user may have several of this program at once; `one`. */
  instances?: "one" | "many";
  /** How long it stays without any client; without it, until it is stopped. It is started again when it is asked for. */
  idleMs?: number;
  /** How long it may take until it listens; 10 s, and 10 min for `cargoRun`. */
  readyMs?: number;
  /** How often and how soon it is started again when it crashes. */
  restarts?: RestartOptions;
  /** How long each step of its end may take. */
  end?: EndOptions;
  /** Gets each line that the program writes for its log. */
  onLog?: (line: string) => void;
}

/** The time until a program listens. */
export const readyMs = 10_000;

/** The same for one that may have to be built first. */
export const buildMs = 600_000;

/** The ways of a program that crashes. */
export const restarts: Required<RestartOptions> = { limit: 5, withinMs: 60_000, baseMs: 250, capMs: 10_000 };

/** The steps of its end. */
export const end: Required<EndOptions> = { askedMs: 5_000, inputMs: 3_000, terminatedMs: 2_000 };

/** Lines of a program's log that an error shows. */
export const tailLines = 20;

/** Characters of such a line. */
export const tailChars = 500;

/** Runs a package of a Cargo workspace, building it first: for development. */
export function cargoRun(name: string): Program {
  return { command: "cargo", args: ["run", "--quiet", "--package", name, "--"] };
}
