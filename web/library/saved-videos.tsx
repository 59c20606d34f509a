import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { SavedVideos } from "../../workers/contract/library.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { FormError } from "../components/form-error.tsx";
import { Pager } from "../components/pager.tsx";
import { titleOf } from "../components/creator-link.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { entryKey, recall, remember } from "../page-memory.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { t } from "../i18n/translate.ts";

/** Name of the shown page in the memory of a history entry. */
const CURSORS = "cursors";

interface Props {
  /** Name of the loaded data in the memory of a history entry. */
  name: string;
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<SavedVideos>;
  remove: (video: Video) => Promise<void>;
  emptyTitle: string;
  /** The message for an empty list. */
  children: ComponentChildren;
}

/** A list of the viewer's videos, latest first, from which each can be removed. */
export function SavedVideoGrid({ name, load, remove, emptyTitle, children }: Props) {
  const [cursors, setCursors] = useState(() => recall<string[]>(entryKey(), CURSORS) ?? []);
  const cursor = cursors.at(-1);
  const page = useLoad((signal) => load(cursor, signal), [cursor], name);
  const removal = useSubmit(async (video: Video) => {
    await remove(video);
    page.reload();
  });
  function showPage(next: string[]): void {
    remember(entryKey(), CURSORS, next);
    setCursors(next);
  }
  if (page.error) return <ErrorState heading="h2" error={page.error} onRetry={page.reload} />;
  if (!page.data) return <SkeletonCards count={8} />;
  const { items, nextCursor } = page.data;
  return (
    <>
      <FormError error={removal.error} />
      {items.length === 0 && cursors.length === 0 && nextCursor === null ? (
        <EmptyState
          title={emptyTitle}
          heading="h2"
          action={
            <a class="button button-signal" href="/">
              {t("common.browse")}
            </a>
          }
        >
          {children}
        </EmptyState>
      ) : (
        <>
          <h2 class="visually-hidden">{t("history.videos")}</h2>
          <ul class="grid">
            {items.map(({ video }) => (
              <li key={video.id}>
                <VideoCard video={video}>
                  <button
                    type="button"
                    class="button button-small card-remove"
                    disabled={removal.busy}
                    aria-label={t("library.remove", { title: titleOf(video) })}
                    onClick={() => removal.run(video)}
                  >
                    {t("common.remove")}
                  </button>
                </VideoCard>
              </li>
            ))}
          </ul>
          <Pager cursors={cursors} next={nextCursor} onChange={showPage} />
        </>
      )}
    </>
  );
}
