/** The HTML with which another site embeds a video. @param query of the player's address (docs/embedding.md) */
export function embedCode(videoId: string, query = ""): string {
  const url = `${location.origin}/embed/${videoId}${query}`;
  return `<iframe src="${url}" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>`;
}
