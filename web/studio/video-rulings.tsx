import type { Video } from "../../workers/contract/videos.ts";
import { t } from "../i18n/translate.ts";
import { getVideoModeration } from "../moderation-api.ts";
import { RulingText } from "../ruling-text.tsx";
import { useLoad } from "../use-load.ts";
import { AppealButton } from "./appeal-button.tsx";

/** The moderators' decisions about a video, on each of its tabs; most videos have none. */
export function VideoRulings({ video }: { video: Video }) {
  const loaded = useLoad(
    (signal) => getVideoModeration(video.id, signal),
    [video.id, video.visibility],
  );
  const { review, limits, rulings = [] } = loaded.data ?? {};
  const [newest] = rulings;
  return (
    <>
      {review?.state === "waiting" && <p class="notice">{t("moderation.waits")}</p>}
      {limits?.minRating && (
        <p class="notice">{t("moderation.limitRating", { rating: limits.minRating })}</p>
      )}
      {limits?.unlisted && <p class="notice">{t("moderation.limitUnlisted")}</p>}
      {newest && (
        <div class="notice ruling" data-ruling={newest.action}>
          <RulingText ruling={newest} />
          <AppealButton ruling={newest} onDone={loaded.reload} />
          {rulings.length > 1 && <a href="/studio/moderation">{t("moderation.all")}</a>}
        </div>
      )}
    </>
  );
}
