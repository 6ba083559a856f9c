// What the pages of an app may load and reach.

/**
 * Lets a page load what is its own, reach the program on any port, and nothing else: a policy is fixed when the page is
 * loaded, and the port may change.
 */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "connect-src 'self' ws://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join("; ");
