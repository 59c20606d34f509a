import "./collection.css";
import "./creator.css";
import { useLocation, useRoute } from "preact-iso";
import type { Creator as CreatorData } from "../../workers/contract/creators.ts";
import type { Playlist } from "../../workers/contract/playlists.ts";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import { creatorAddress } from "../addresses.ts";
import { getCreator, listPlaylistsOf, listVideos } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { useFittingWords } from "../components/fitting-words.ts";
import { FollowButton } from "../components/follow-button.tsx";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState, ErrorState, SkeletonCards } from "../components/states.tsx";
import { VideoGrid } from "../components/video-grid.tsx";
import { dateOf, followerCount, shownText } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { CreatorPlaylists } from "./creator-playlists.tsx";
import { linkedParts } from "./linked-text.ts";
import { SortTabs, sortOf } from "./sort-tabs.tsx";

/** A creator: who they are, and all their videos. */
export function Creator() {
  const { params } = useRoute();
  const id = params["id"] ?? "";
  const loaded = useLoad((signal) => getCreator(id, signal), [id, account.value?.id], "creator");
  const creator = loaded.data?.id === id ? loaded.data : undefined;
  const lists = useLoad((signal) => listPlaylistsOf(id, signal), [id], "creator-playlists");
  const playlists = lists.data?.filter(({ creator: { id: ownerId } }) => ownerId === id);
  // They are above the videos, which nothing may push down later.
  const isShown = creator !== undefined && (playlists !== undefined || lists.error !== undefined);
  const hasPlaylists = playlists?.some(isPublic) ?? false;
  const { query } = useLocation();
  const sort = sortOf(query);
  const isOwn = account.value?.id === id;
  const name = creator && shownText(creator.name, t("video.unnamedCreator"));
  usePageTitle(loaded.error ? t("creator.notFound") : (name ?? null));
  if (loaded.error)
    return (
      <div class="page">
        <ErrorState error={loaded.error} onRetry={loaded.reload} />
      </div>
    );
  return (
    <>
      {isShown && name ? <Cover creator={creator} name={name} /> : <CoverSkeleton />}
      {!isShown && (
        <div class="collection">
          <SkeletonCards count={8} />
        </div>
      )}
      {/* Loads in parallel with the creator and appears together with them, since only then the cover's height is known. */}
      <div class="collection" hidden={!isShown}>
        <CreatorPlaylists playlists={playlists?.filter(isPublic) ?? []} />
        {hasPlaylists && <h2 class="section-title creator-videos">{t("history.videos")}</h2>}
        <SortTabs path={creatorAddress(id)} current={sort} />
        <VideoGrid
          hasHeading={hasPlaylists}
          of={`${id} ${sort}`}
          load={(cursor, signal) => listVideos({ creator: id, sort, cursor }, signal)}
          empty={
            <EmptyState
              title={t("home.empty")}
              heading="h2"
              action={
                <a class="button" href={isOwn ? "/upload" : "/"}>
                  {isOwn ? t("home.upload") : t("common.browse")}
                </a>
              }
            >
              {t("home.emptyText")}
            </EmptyState>
          }
        />
      </div>
    </>
  );
}

/** The creator sees the other playlists only among their own. */
const isPublic = ({ visibility }: Playlist): boolean => visibility === "public";

function CoverSkeleton() {
  return (
    <div
      class="cover creator-cover"
      role="status"
      aria-busy="true"
      aria-label={t("creator.loading")}
    >
      <div class="creator-head" />
    </div>
  );
}

function Cover({ creator, name }: { creator: CreatorData; name: string }) {
  const heading = useFittingWords(name);
  const isOwn = account.value?.id === creator.id;
  return (
    <>
      {creator.banner && (
        <img class="creator-banner" src={creator.banner} alt="" width={2048} height={512} />
      )}
      <header class="cover creator-cover">
        <div class="creator-head">
          <Avatar name={name} src={creator.avatar} size={96} />
          <div class="creator-name">
            <h1 class="cover-title" dir="auto" ref={heading}>
              {name}
            </h1>
            <p class="label">
              {creator.followers > 0 && <>{followerCount(creator.followers)} · </>}
              {t("creator.joined", { day: dateOf(creator.joinedAt) })}
            </p>
          </div>
          <div class="creator-actions">
            <FollowButton creatorId={creator.id} name={name} />
            {isOwn && (
              <a class="button" href="/settings/profile">
                {t("creator.edit")}
              </a>
            )}
          </div>
        </div>
        {!isBlank(creator.about) && <About text={creator.about} />}
        <ul class="chips">
          {creator.links.map((link) => (
            <li key={link.url}>
              <a href={link.url} target="_blank" rel="nofollow ugc noopener" dir="auto">
                {link.title}
              </a>
            </li>
          ))}
          <li>
            <a href={`/v1/creators/${creator.id}/feed.xml`} target="_top">
              <Icon name="feed" size={16} /> RSS
            </a>
          </li>
        </ul>
      </header>
    </>
  );
}

function About({ text }: { text: string }) {
  return (
    <p class="creator-about" dir="auto">
      {linkedParts(text, null).map((part, index) =>
        part.kind === "link" ? (
          <a key={index} href={part.href} target="_blank" rel="nofollow ugc noopener">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}
