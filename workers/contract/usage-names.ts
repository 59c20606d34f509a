// Apart from the schemas: the site needs them, and must not load zod.

/** What Cloudflare charges for (domain/prices.ts). */
export const RESOURCES = [
  "requests",
  "processor-time",
  "rows-read",
  "rows-written",
  "database-storage",
  "object-storage",
  "storage-writes",
  "storage-reads",
  "queue-operations",
  "object-requests",
  "object-time",
  "runner-processors",
  "runner-memory",
  "runner-disk",
] as const;

/** How creators are sorted who use storage. */
export const CREATOR_ORDERS = ["bytes", "videos", "minutes"] as const;
export type CreatorOrder = (typeof CREATOR_ORDERS)[number];
