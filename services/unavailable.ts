/** What keeps or gives the data cannot take the call now; the same call may succeed later. The message says which server or file, and what to do. */
export class Unavailable extends Error {}

/** A newer version wrote it, which is the one to use. */
export class Newer extends Unavailable {}

/** More comes than is taken: send the same again a little later. */
export class Busy extends Unavailable {}
