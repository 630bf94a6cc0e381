/** Milliseconds. */
export const HOSTING = {
  /** How long a player whose connection is lost keeps the place. */
  awayMs: 20_000,
  /** How long the results of a match are shown before its clients are sent away. */
  resultsMs: 10_000,
  /** Between two looks at whether a match takes more players. */
  lookMs: 1000,
  /** Connections of one match at most, over its whole time: each one that comes back is one more. */
  connections: 512,
} as const;

/** Of the kill target: from then on a match takes nobody more. */
export const NEARLY_OVER = 0.8;
