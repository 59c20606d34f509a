/** The page of a creator. */
export const creatorAddress = (id: string): string => `/creator/${encodeURIComponent(id)}`;

/** The page of a category. */
export const categoryAddress = (slug: string): string => `/category/${encodeURIComponent(slug)}`;

/** The page of a tag. */
export const tagAddress = (tag: string): string => `/tag/${encodeURIComponent(tag)}`;
