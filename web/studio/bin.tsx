import "./videos.css";
import { useState } from "preact/hooks";
import type { BinnedVideo } from "../../workers/contract/bin.ts";
import { emptyBin, eraseVideo, listBin, restoreVideo } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { FormError } from "../components/form-error.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { Poster } from "../components/video-card.tsx";
import { dayOf, daysUntil } from "../format.ts";
import { fileSize } from "../file-size.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { RequireCreator } from "./require-creator.tsx";
import { StudioTabs } from "./studio-tabs.tsx";
import { VideoListSkeleton } from "./video-list-skeleton.tsx";
import { t } from "../i18n/translate.ts";

/** The account's deleted videos, which it can restore or delete permanently. */
export function Bin() {
  usePageTitle(t("studio.bin"));
  return (
    <RequireCreator>
      <div class="page">
        <BinPage />
      </div>
    </RequireCreator>
  );
}

function BinPage() {
  const [cursors, setCursors] = useState<string[]>([]);
  const cursor = cursors.at(-1);
  const page = useLoad((signal) => listBin(cursor, signal), [cursor]);
  const [asking, setAsking] = useState<BinnedVideo | "all" | null>(null);
  const [news, setNews] = useState("");
  const restoring = useSubmit(async ({ id, title }: BinnedVideo) => {
    await restoreVideo(id);
    setNews(t("bin.restored", { title }));
    reload();
  });
  /** Starts from the first page, since the last item of another page may be gone. */
  function reload(): void {
    setCursors([]);
    page.reload();
  }
  const items = page.data?.items;
  return (
    <>
      <header class="page-head">
        <h1>{t("studio.bin")}</h1>
        <button
          type="button"
          class="button button-danger"
          disabled={!items?.length}
          onClick={() => setAsking("all")}
        >
          {t("bin.empty")}
        </button>
      </header>
      <StudioTabs current="/studio/bin" />
      <p role="status" class={news ? "notice notice-good bin-news" : ""}>
        {news}
      </p>
      <FormError error={restoring.error} />
      {page.error ? (
        <ErrorState heading="h2" error={page.error} onRetry={page.reload} />
      ) : !page.data || !items ? (
        <VideoListSkeleton label={t("bin.loading")} />
      ) : items.length === 0 && !cursor ? (
        <EmptyState title={t("bin.isEmpty")} heading="h2">
          {t("bin.emptyText", { time: t("studio.days", { count: page.data.retentionDays }) })}
        </EmptyState>
      ) : (
        <>
          <p class="bin-quota">
            {t("bin.quota", {
              time: t("studio.days", { count: page.data.retentionDays }),
              size: fileSize(page.data.bytes),
            })}
          </p>
          <ul class="video-list">
            {items.map((video) => (
              <BinRow
                key={video.id}
                video={video}
                busy={restoring.busy}
                onRestore={() => restoring.run(video)}
                onErase={() => setAsking(video)}
              />
            ))}
          </ul>
          <Pager cursors={cursors} next={page.data.nextCursor} onChange={setCursors} />
        </>
      )}
      {asking && (
        <EraseDialog
          what={asking}
          onCancel={() => setAsking(null)}
          onErased={() => {
            setAsking(null);
            setNews(asking === "all" ? "" : t("bin.erased", { title: asking.title }));
            reload();
          }}
        />
      )}
    </>
  );
}

interface RowProps {
  video: BinnedVideo;
  busy: boolean;
  onRestore: () => void;
  onErase: () => void;
}

function BinRow({ video, busy, onRestore, onErase }: RowProps) {
  return (
    <li class="video-row" data-video-id={video.id}>
      <Poster video={video} />
      <div class="video-row-main">
        <h2 class="video-row-title" dir="auto">
          {video.title}
        </h2>
        <p class="video-row-facts soft">
          <span>{t("bin.deleted", { day: dayOf(video.deletedAt) })}</span>
          {video.source && <span>{fileSize(video.source.bytes)}</span>}
        </p>
      </div>
      <p class="video-row-state soft">{t("bin.erasedOn", { day: daysUntil(video.erasedAt) })}</p>
      <div class="video-row-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t("bin.restoreTitle", { title: video.title })}
          disabled={busy}
          onClick={onRestore}
        >
          {t("bin.restore")}
        </button>
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={t("bin.eraseTitle", { title: video.title })}
          onClick={onErase}
        >
          {t("bin.erase")}
        </button>
      </div>
    </li>
  );
}

interface DialogProps {
  what: BinnedVideo | "all";
  onErased: () => void;
  onCancel: () => void;
}

function EraseDialog({ what, onErased, onCancel }: DialogProps) {
  return (
    <ConfirmDialog
      title={what === "all" ? t("bin.emptyQuestion") : t("bin.eraseQuestion")}
      action={what === "all" ? t("bin.empty") : t("bin.erase")}
      onCancel={onCancel}
      onConfirm={async () => {
        await (what === "all" ? emptyBin() : eraseVideo(what.id));
        onErased();
      }}
    >
      {what === "all" ? t("bin.emptyWarning") : t("bin.eraseWarning", { title: what.title })}
    </ConfirmDialog>
  );
}
