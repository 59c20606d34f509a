import type { Video } from "../../workers/contract/videos.ts";
import { CopyField } from "../components/copy-field.tsx";

/** A video's link and embed code. */
export function Share({ video }: { video: Video }) {
  const link = `${location.origin}/watch/${video.id}`;
  const embed = `<iframe src="${location.origin}/embed/${video.id}" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>`;
  return (
    <section aria-labelledby="share">
      <h2 class="section-title" id="share">
        Share
      </h2>
      {video.visibility === "private" ? (
        <p class="soft">Only you can watch this video. To share it, make it unlisted or public.</p>
      ) : (
        <div class="form">
          <CopyField label="Link" value={link} />
          <CopyField label="Embed code" value={embed} />
        </div>
      )}
    </section>
  );
}
