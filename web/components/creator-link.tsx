import type { Video } from "../../workers/contract/videos.ts";
import { creatorAddress } from "../addresses.ts";
import { shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";

/** The title of a video as the site shows it. */
export function titleOf({ title }: Pick<Video, "title">): string {
  return shownText(title, t("video.untitled"));
}

/** The name of a creator as the site shows it. */
export function creatorNameOf({ creator }: Pick<Video, "creator">): string {
  return shownText(creator.name, t("video.unnamedCreator"));
}

/** A link to the page of a creator. */
export function CreatorLink({ video }: { video: Video }) {
  return (
    <a href={creatorAddress(video.creator.id)} dir="auto">
      {creatorNameOf(video)}
    </a>
  );
}
