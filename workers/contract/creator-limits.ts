// Apart from the schemas: the settings need these, and must not load zod.

/** How many links to other sites a profile has. */
export const MAX_CREATOR_LINKS = 8;

export const CREATOR_IMAGES = ["avatar", "banner"] as const;

/** The largest images that are kept. The site makes them this large or smaller. */
export const CREATOR_IMAGE_LIMITS = {
  avatar: { width: 512, height: 512, bytes: 256 * 1024 },
  banner: { width: 2048, height: 512, bytes: 1024 * 1024 },
} as const satisfies Record<
  (typeof CREATOR_IMAGES)[number],
  { width: number; height: number; bytes: number }
>;
