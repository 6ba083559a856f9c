// What the examples of a page import as the client of their program: that of the page's own Rust,
// and where the page has no chat of its own the chat's.

import type { connect as chat } from "<root>/examples/chat/ui/igor-client";
import { connect as own } from "./own";

export * from "./own";

type Own = ReturnType<typeof own>;
type Igor = Own extends { chat: unknown } ? Own : Own & ReturnType<typeof chat>;

export const connect = own as (...how: Parameters<typeof own>) => Igor;
