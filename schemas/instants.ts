/** 2262-04-11T23:47:16Z: the last second whose nanoseconds fit 63 bits, and the last that a timeline has. The first is 1970-01-01T00:00:00Z. */
export const LAST_SECOND = 9_223_372_036
