/** Descriptions that the functions of Pages write for search engines and shared links. */
export const messages = {
  "head.video": "Watch “{title}” on {site}.",
  "head.premiere": "Premiere: {time}.",
  "head.premiereSoon": "The premiere starts soon.",
  "head.category": "{category}: watch on {site}.",
  "head.tag": "Videos about {tag} on {site}.",
  "head.creator": "Videos by {name} on {site}.",
  "head.playlist": "{count, plural, one {# video} other {# videos}} by {name} on {site}.",
} as const;
