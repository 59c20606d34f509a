import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/videos.ts";
import { t } from "../i18n/translate.ts";
import { entryKey, recall, remember } from "../page-memory.ts";
import { useLoad } from "../use-load.ts";
import { LoadMore } from "./load-more.tsx";
import { ErrorState, SkeletonCards } from "./states.tsx";
import { VideoCard } from "./video-card.tsx";

interface GridPage {
  items: Video[];
  nextCursor: string | null;
}

interface LaterPages {
  /** The first page that these follow. */
  after: GridPage;
  pages: GridPage[];
}

/** Name of the later pages in the memory of a history entry. */
const LATER_PAGES = "later pages";

interface Props {
  /** Identifies the list; another list is loaded again. */
  of: string;
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<GridPage>;
  /** What to show when there is nothing. */
  empty: ComponentChildren;
  /** Whether the page has its own heading for the videos. */
  hasHeading?: boolean;
}

/** All videos of a kind, page after page. Below a heading of the first level, unless `hasHeading`. */
export function VideoGrid({ of, load, empty, hasHeading = false }: Props) {
  const first = useLoad((signal) => load(undefined, signal), [of], "grid");
  const [later, setLater] = useState<LaterPages | null>(null);
  const remembered = recall<LaterPages>(entryKey(), LATER_PAGES);
  const pages = [later, remembered].find((known) => known?.after === first.data)?.pages ?? [];
  const shown = first.data ? [first.data, ...pages] : [];
  const cursor = shown.at(-1)?.nextCursor;
  const videos = shown.flatMap((page) => page.items);

  async function loadMore(): Promise<void> {
    if (!cursor || !first.data) return;
    const known = { after: first.data, pages: [...pages, await load(cursor)] };
    remember(entryKey(), LATER_PAGES, known);
    setLater(known);
  }

  if (first.error) return <ErrorState heading="h2" error={first.error} onRetry={first.reload} />;
  if (!first.data) return <SkeletonCards count={8} />;
  if (videos.length === 0) return <>{empty}</>;
  return (
    <>
      {!hasHeading && <h2 class="visually-hidden">{t("history.videos")}</h2>}
      <ul class="grid" aria-busy={first.loading}>
        {videos.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} />
          </li>
        ))}
      </ul>
      {cursor && <LoadMore key={of} next={cursor} onLoad={loadMore} />}
    </>
  );
}
