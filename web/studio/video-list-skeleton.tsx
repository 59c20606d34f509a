/** Placeholders for the rows of a list of videos in the studio. */
export function VideoListSkeleton({ label }: { label: string }) {
  return (
    <ul class="video-list" aria-busy="true" aria-label={label}>
      {[1, 2, 3].map((row) => (
        <li class="video-row" key={row}>
          <div class="skeleton skeleton-poster" />
          <div>
            <div class="skeleton skeleton-line" />
            <div class="skeleton skeleton-line skeleton-short" />
          </div>
        </li>
      ))}
    </ul>
  );
}
