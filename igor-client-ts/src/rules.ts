// The rules of the session layer that tests take away, one at a time, to see that each is needed. Nothing else writes
// them: they are constants, which a bundler folds away.

/** A frame that was received before is dropped. */
export const dropsDuplicates: boolean = true;

/** A missing number closes the socket. */
export const closesOnGap: boolean = true;

/** What was sent is kept until it is acknowledged. */
export const keepsUntilAcked: boolean = true;

/** A socket that was given up says nothing more. */
export const fencesOldSocket: boolean = true;

/** Every socket of a session has a higher attempt. */
export const raisesAttempt: boolean = true;

/** The new key is stored before its welcome is acknowledged. */
export const storesKeyFirst: boolean = true;

/** Nothing follows a page's later hellos before their welcome. */
export const awaitsWelcome: boolean = true;

/** What a server that says goodbye has not begun waits for the next one. */
export const heedsGoodbye: boolean = true;

/** All sockets of a page say that they are of this page. */
export const keepsPage: boolean = true;
