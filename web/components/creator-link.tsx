import type { Video } from "../../workers/contract/videos.ts";
import { shownText } from "../format.ts";

/** The title of a video as the site shows it. */
export function titleOf({ title }: Pick<Video, "title">): string {
  return shownText(title, "Untitled video");
}

/** The name of a creator as the site shows it. */
export function creatorNameOf({ creator }: Pick<Video, "creator">): string {
  return shownText(creator.name, "Unnamed creator");
}

/** A link to all videos of a creator. */
export function CreatorLink({ video }: { video: Video }) {
  return (
    <a href={`/search?creator=${encodeURIComponent(video.creator.id)}`} dir="auto">
      {creatorNameOf(video)}
    </a>
  );
}
