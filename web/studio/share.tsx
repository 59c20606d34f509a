import type { Video } from "../../workers/contract/videos.ts";
import { CopyField } from "../components/copy-field.tsx";
import { embedCode } from "../embed-code.ts";

/** A video's link and embed code. */
export function Share({ video }: { video: Video }) {
  const link = `${location.origin}/watch/${video.id}`;
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
          <CopyField label="Embed code" value={embedCode(video.id)} />
        </div>
      )}
    </section>
  );
}
