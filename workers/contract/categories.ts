/**
 * The categories of a site whose admins have not chosen others; `slug` is what the API and the search index use. Free of zod,
 * for the browser.
 */
export const CATEGORIES = [
  { slug: "film", name: "Film" },
  { slug: "series", name: "Series" },
  { slug: "documentary", name: "Documentary" },
  { slug: "animation", name: "Animation" },
  { slug: "music", name: "Music" },
  { slug: "education", name: "Education" },
  { slug: "science", name: "Science & Technology" },
  { slug: "sports", name: "Sports" },
  { slug: "gaming", name: "Gaming" },
  { slug: "news", name: "News" },
  { slug: "travel", name: "Travel & Nature" },
  { slug: "comedy", name: "Comedy" },
  { slug: "howto", name: "How-to & Style" },
  { slug: "other", name: "Other" },
] as const;

/** A category of a site, as its settings have it. */
export interface SiteCategory {
  slug: string;
  name: string;
  /** One that is not offered any more keeps its videos and its page. */
  offered: boolean;
}

/** The category of a video without a choice: it is always offered. */
export const DEFAULT_CATEGORY = "other";
