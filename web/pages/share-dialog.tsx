import "../components/confirm-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { CopyField } from "../components/copy-field.tsx";
import { embedCode } from "../embed-code.ts";
import { clock } from "../format.ts";
import { nowPlaying } from "../player/element/now-playing.ts";
import { formatTime } from "../player/opening/time-parameter.ts";
import { t } from "../i18n/translate.ts";

/** The link and the embed code of a video, optionally starting at the current time. */
export function ShareDialog({ video, onClose }: { video: Video; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [seconds] = useState(() => {
    const { value: media } = nowPlaying;
    return media && !media.ended ? Math.floor(media.currentTime) : 0;
  });
  const [isTimed, setTimed] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const time = isTimed ? `?t=${formatTime(seconds)}` : "";
  return (
    <dialog class="dialog share-dialog" ref={dialog} aria-labelledby="share" onClose={onClose}>
      <h2 id="share">{t("watch.share")}</h2>
      <CopyField
        key={`link ${time}`}
        label={t("share.link")}
        value={`${location.origin}/watch/${video.id}${time}`}
      />
      {seconds > 0 && (
        <label class="check">
          <input
            type="checkbox"
            checked={isTimed}
            onChange={(event) => setTimed(event.currentTarget.checked)}
          />
          {t("share.startAt", { time: clock(seconds) })}
        </label>
      )}
      <CopyField key={`embed ${time}`} label={t("share.embed")} value={embedCode(video.id, time)} />
      <form method="dialog" class="form-actions">
        <button class="button">{t("common.close")}</button>
      </form>
    </dialog>
  );
}
