// Apart from the schemas: the studio needs these, and must not load zod.

/** Of a picture that a creator uploads as a poster. */
export const MAX_POSTER_BYTES = 8 * 1024 * 1024;
export const POSTER_TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif"] as const;
export type PosterType = (typeof POSTER_TYPES)[number];

/** What is made of it, in pixels: smaller pictures are enlarged, and what is too much is cut off around the middle. */
export const UPLOADED_POSTER_SIZE = { width: 1280, height: 720 } as const;
