import "./collection.css";
import "./following.css";
import { creatorAddress } from "../addresses.ts";
import { listFollowedVideos, listFollows } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { EmptyState } from "../components/states.tsx";
import { VideoGrid } from "../components/video-grid.tsx";
import { shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";

/** The creators that the account follows, and their videos, the newest first. */
export function Following() {
  usePageTitle(t("header.following"));
  return (
    <RequireAccount reason={t("following.reason")}>
      <div class="page">
        <header class="page-head">
          <h1>{t("header.following")}</h1>
        </header>
        <FollowedVideos />
      </div>
    </RequireAccount>
  );
}

function FollowedVideos() {
  const id = account.value?.id;
  const follows = useLoad(listFollows, [id], "follows");
  return (
    <>
      {follows.data && follows.data.length > 0 && (
        <nav aria-label={t("following.creators")}>
          <ul class="followed">
            {follows.data.map(({ creator }) => {
              const name = shownText(creator.name, t("video.unnamedCreator"));
              return (
                <li key={creator.id}>
                  <a href={creatorAddress(creator.id)}>
                    <Avatar name={name} src={creator.avatar} size={40} />
                    <span dir="auto">{name}</span>
                  </a>
                </li>
              );
            })}
          </ul>
        </nav>
      )}
      {/* They appear together, so that the creators do not push the videos down. */}
      <div hidden={follows.loading && !follows.data}>
        <VideoGrid
          of={`following ${id}`}
          load={listFollowedVideos}
          empty={
            <EmptyState
              title={t("following.empty")}
              heading="h2"
              action={
                <a class="button button-signal" href="/">
                  {t("common.browse")}
                </a>
              }
            >
              {t("following.emptyText")}
            </EmptyState>
          }
        />
      </div>
    </>
  );
}
