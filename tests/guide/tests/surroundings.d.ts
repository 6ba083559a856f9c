// What the examples of the guide take for granted: the client of their page, and what a program
// around them would have.

type Connect = typeof import("./igor-client").connect;

declare const connect: Connect;
declare const contract: typeof import("./igor-client").contract;
declare const igor: ReturnType<Connect>;
declare const IgorError: typeof import("./igor-client").IgorError;

/** Shows something on the page. */
declare function show(...what: unknown[]): void;
/** Shows on the page how the connection is. */
declare const banner: { show(status: string, why?: string): void };
/** Shows on the page what it says no to. */
declare function hint(why: unknown): void;
/** Has the person at the page answer. */
declare function ask(question: string, signal: AbortSignal): Promise<boolean>;
declare function reload(): void;
/** Resolves when the page has drawn it. */
declare function shown(what: unknown): Promise<void>;
declare function parsed(line: string): { name: string; age: number };
declare function wordsAsTheyAreTyped(): AsyncIterable<string>;
declare const toRows: TransformStream<string, { name: string; age: number }>;
declare function onProgress(progress: { doneBytes: number; totalBytes: number | undefined }): void;

declare const bar: HTMLProgressElement;
declare const image: HTMLImageElement;
declare const stopButton: HTMLButtonElement;

declare const signal: AbortSignal;
declare const text: string;
declare const file: File;
declare const response: Response;
declare const lines: string[];
declare const all: number;

declare module "@tauri-apps/api/core" {
  export function invoke<T>(command: string, data?: Record<string, unknown>): Promise<T>;
}

declare const traceparent: string;
/** Of `@opentelemetry/api`. */
declare const context: { active(): object };
declare const propagation: { inject(context: object, carrier: object): void };

/** Of Vite. */
interface ImportMeta {
  readonly env: { readonly DEV: boolean };
  readonly hot?: { dispose(done: () => void): void };
}
