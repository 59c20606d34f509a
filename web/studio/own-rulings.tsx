import "./videos.css";
import { useState } from "preact/hooks";
import { usePageTitle } from "../components/page-title.ts";
import { Pager } from "../components/pager.tsx";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { listOwnRulings } from "../moderation-api.ts";
import { RulingText } from "../ruling-text.tsx";
import { useLoad } from "../use-load.ts";
import { AppealButton } from "./appeal-button.tsx";
import { RequireCreator } from "./require-creator.tsx";
import { StudioTabs } from "./studio-tabs.tsx";
import { VideoListSkeleton } from "./video-list-skeleton.tsx";

/** The moderators' decisions about the account's videos, including its bin. */
export function OwnRulings() {
  usePageTitle(t("moderation.title"));
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>{t("moderation.title")}</h1>
        </header>
        <StudioTabs current="/studio/moderation" />
        <List />
      </div>
    </RequireCreator>
  );
}

function List() {
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLoad((signal) => listOwnRulings(cursors.at(-1), signal), [cursors.at(-1)]);
  if (page.error) return <ErrorState heading="h2" error={page.error} onRetry={page.reload} />;
  if (!page.data) return <VideoListSkeleton label={t("moderation.loading")} />;
  if (page.data.items.length === 0 && cursors.length === 0)
    return (
      <EmptyState heading="h2" title={t("moderation.none")}>
        {t("moderation.noneText")}
      </EmptyState>
    );
  return (
    <>
      <ul class="video-list">
        {page.data.items.map((ruling) => (
          <li class="ruling" key={ruling.id} data-ruling={ruling.action}>
            <h2 class="video-row-title" dir="auto">
              <a href={`/studio/${ruling.video.id}`}>
                {shownText(ruling.video.title, t("moderation.untitled"))}
              </a>
            </h2>
            <RulingText ruling={ruling} />
            <AppealButton ruling={ruling} onDone={page.reload} />
          </li>
        ))}
      </ul>
      <Pager cursors={cursors} next={page.data.nextCursor} onChange={setCursors} />
    </>
  );
}
