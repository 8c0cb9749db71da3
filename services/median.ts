/** The middle of numbers in ascending order, or the mean of the two in the middle. NaN where there is none. */
export const median = (sorted: readonly number[]): number =>
  (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
