/** Asks for the largest picture of a page, before there is an element that shows it. */
export function preloadPicture(url: string | null | undefined): void {
  if (!url) return;
  const picture = new Image();
  picture.fetchPriority = "high";
  picture.src = url;
}
