/** Pages of categories, tags and creators. */
export const messages = {
  "browse.categories": "Categories",
  "browse.emptyCategory": "Nothing in this category is public yet. Choose another one above.",
  "browse.emptyTag": "No public video has this tag.",
  "browse.searchWords": "Search for these words",
  "creator.loading": "Loading the creator",
  "creator.notFound": "Creator not found",
  "creator.playlists": "Series and playlists",
  "creator.edit": "Edit profile",
  "creator.joined": "Joined {day}",
  "creator.followers": "{count, plural, one {# follower} other {# followers}}",
  "creator.manyFollowers": "{count} followers",
  "following.reason": "Sign in to follow creators and see their new videos.",
  "following.creators": "Creators that you follow",
  "following.empty": "Nothing new yet",
  "following.emptyText": "Follow creators on their pages. Their videos appear here, newest first.",
} as const;
