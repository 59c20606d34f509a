// Apart from the schemas: the site needs them, and must not load zod.

/** Parts that the product depends on. */
export const HEALTH_PARTS = [
  "catalog",
  "storage",
  "search",
  "objects",
  "queues",
  "runners",
] as const;
