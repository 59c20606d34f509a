import { ProgressBar } from "../../components/progress-bar.tsx";
import { runningTime } from "../../format.ts";
import { fileSize } from "../../file-size.ts";
import { t } from "../../i18n/translate.ts";
import { publishAll } from "./publish-upload.ts";
import { isOnline, queue, totals } from "./queue-state.ts";
import { leave, setAllPaused } from "./upload-queue.ts";
import { UploadRow } from "./upload-row.tsx";

/** The queue: what is uploading, waiting, to be published, and done. */
export function UploadList() {
  const items = queue.value;
  if (items.length === 0) return null;
  return (
    <section aria-label={t("upload.files")}>
      <Summary />
      <ol class="upload-queue">
        {items.map((item, index) => (
          <UploadRow
            key={item.entry.key}
            item={item}
            isFirst={index === 0}
            isLast={index === items.length - 1}
          />
        ))}
      </ol>
    </section>
  );
}

const isDone = ({ state, entry }: (typeof queue.value)[number]): boolean =>
  state === "uploaded" && entry.publication === "published";

function Summary() {
  const all = totals.value;
  const items = queue.value;
  const drafts = items.filter(({ entry }) => entry.publication === "draft").length;
  const done = items.filter(isDone);
  return (
    <div class="upload-summary">
      {all && (
        <div class="upload-summary-progress">
          <p role="status">{t("upload.count", { uploaded: all.uploaded, files: all.files })}</p>
          {all.moving && (
            <>
              <ProgressBar label={t("upload.totalProgress")} ratio={all.sent / (all.size || 1)} />
              <p class="upload-facts soft">
                <span>
                  {t("upload.sentOf", { sent: fileSize(all.sent), size: fileSize(all.size) })}
                </span>
                {!isOnline.value && <span>{t("upload.willContinue")}</span>}
                {all.rate !== null && <span>{t("upload.rate", { size: fileSize(all.rate) })}</span>}
                {all.secondsLeft !== null && (
                  <span>{t("upload.timeLeft", { time: runningTime(all.secondsLeft) })}</span>
                )}
              </p>
            </>
          )}
        </div>
      )}
      <div class="form-actions">
        {all?.sending && (
          <button
            type="button"
            class="button button-small"
            onClick={() => setAllPaused(!all.allPaused)}
          >
            {all.allPaused ? t("upload.resumeAll") : t("upload.pauseAll")}
          </button>
        )}
        {drafts > 1 && (
          <button
            type="button"
            class="button button-small button-signal"
            onClick={() => void publishAll()}
          >
            {t("upload.publishAll", { count: drafts })}
          </button>
        )}
        {done.length > 0 && (
          <button
            type="button"
            class="button button-small"
            onClick={() => done.forEach(({ entry }) => leave(entry.key))}
          >
            {t("upload.clear")}
          </button>
        )}
      </div>
    </div>
  );
}
