// The names by which the preload and the main process speak to each other.

/** A page asks where the program is. */
export const askChannel = "igor.ask";

/** The main process sends a page its port. */
export const portChannel = "igor.port";
