// Apart from the schemas: the studio needs these, and must not load zod.

/** Maximum size of an image that a creator uploads as a poster. */
export const MAX_POSTER_BYTES = 8 * 1024 * 1024;
export const POSTER_TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif"] as const;
export type PosterType = (typeof POSTER_TYPES)[number];

/**
 * The size of the poster in pixels: smaller images are enlarged, and images of another shape are cropped around the
 * centre.
 */
export const UPLOADED_POSTER_SIZE = { width: 1280, height: 720 } as const;
