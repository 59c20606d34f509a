import { ErrorBoundary } from "preact-iso";
import { useState } from "preact/hooks";
import type { ModerationHistory } from "../../workers/contract/moderation.ts";
import { FormError } from "../components/form-error.tsx";
import { ErrorState } from "../components/states.tsx";
import { t } from "../i18n/translate.ts";
import { lazyComponent } from "../lazy-component.ts";
import { RulingText } from "../ruling-text.tsx";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { getHistory, judgeRuling, trustCreator } from "./moderation-api.ts";

const PreviewPlayer = lazyComponent(() =>
  import("./preview-player.tsx").then((module) => module.PreviewPlayer),
);

/** A button that opens a video with all rulings about it. */
export function LookButton({ id, title }: { id: string; title: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <div>
        <button
          type="button"
          class="button button-small"
          aria-expanded={isOpen}
          aria-label={t(isOpen ? "moderation.closeName" : "moderation.lookName", { title })}
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? "moderation.close" : "moderation.look")}
        </button>
      </div>
      {isOpen && <VideoLook id={id} />}
    </>
  );
}

function VideoLook({ id }: { id: string }) {
  const loaded = useLoad((signal) => getHistory(id, signal), [id]);
  if (loaded.error) return <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />;
  if (!loaded.data)
    return (
      <p role="status" aria-busy="true">
        {t("admin.asking")}
      </p>
    );
  const { video, limits, isBanned, rulings } = loaded.data;
  const canPlay = video.state === "playable" || video.state === "ready";
  return (
    <div class="video-look">
      {canPlay && (
        <ErrorBoundary>
          <PreviewPlayer id={id} />
        </ErrorBoundary>
      )}
      {video.description !== "" && (
        <p class="admin-quote" dir="auto">
          {video.description}
        </p>
      )}
      {limits?.minRating && <p>{t("moderation.limitRating", { rating: limits.minRating })}</p>}
      {limits?.unlisted && <p>{t("moderation.limitUnlisted")}</p>}
      {isBanned && <p>{t("moderation.isBanned")}</p>}
      <Trust history={loaded.data} reload={loaded.reload} />
      <h3 class="label">{t("moderation.history")}</h3>
      {rulings.length === 0 && <p class="soft">{t("moderation.noHistory")}</p>}
      <ul class="lines">
        {rulings.map((ruling) => (
          <li key={ruling.id} class="ruling">
            <RulingText ruling={ruling} />
            <p class="soft" dir="auto">
              {t("moderation.by", { name: ruling.moderator.name || ruling.moderator.id })}
            </p>
            {ruling.action !== "message" && !ruling.verdict && !ruling.appeal && (
              <TakeBack id={ruling.id} reload={loaded.reload} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function TakeBack({ id, reload }: { id: string; reload: () => void }) {
  const { run, busy, error } = useSubmit(async () => {
    await judgeRuling(id, "restored", "");
    reload();
  });
  return (
    <>
      <button type="button" class="button button-small" disabled={busy} onClick={() => run()}>
        {t("moderation.takeBack")}
      </button>
      <FormError error={error} />
    </>
  );
}

function Trust({ history, reload }: { history: ModerationHistory; reload: () => void }) {
  const { video, isTrusted } = history;
  const { run, busy, error } = useSubmit(async () => {
    await trustCreator(video.creator.id, !isTrusted);
    reload();
  });
  if (!history.hasReviews) return null;
  return (
    <p>
      {t(isTrusted ? "moderation.trusted" : "moderation.notTrusted")}{" "}
      <button type="button" class="link-button" disabled={busy} onClick={() => run()}>
        {t(isTrusted ? "moderation.endTrust" : "moderation.trust")}
      </button>
      <FormError error={error} />
    </p>
  );
}
