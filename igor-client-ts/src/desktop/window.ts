// What a page and its window agree on.

/** What the main process answers: where the server is, or that a port of the window's own comes by a message. */
export interface WindowAnswer {
  readonly url?: string;
  readonly token?: string;
  /** Stands in the message that brings the port. */
  readonly port?: string;
}

/** What `exposeIgor()` puts into the page. */
export type AskWindow = () => Promise<WindowAnswer>;
