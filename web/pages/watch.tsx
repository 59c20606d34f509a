import "./watch.css";
import { lazy, useRoute } from "preact-iso";
import { useRef } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { getVideo, listRelated } from "../api.ts";
import { usePageTitle } from "../components/page-title.ts";
import { ErrorState } from "../components/states.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { categoryName, dayOf, languageName, runningTime, viewCount } from "../format.ts";
import { Downloads } from "../player/downloads.tsx";
import type { PlaybackTokenKeeper } from "../player/playback-token-keeper.ts";
import { openVideo } from "../player/open-video.ts";
import { user } from "../session.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { Preparing } from "./preparing.tsx";

const Player = lazy(() => import("../player/player.tsx").then((module) => module.Player));

const watchable = (video: Video | undefined): boolean =>
  video?.state === "playable" || video?.state === "ready";

/** One film: the player, what there is to know, and what to see next. */
export function Watch() {
  const { params, query } = useRoute();
  const id = params["id"] ?? "";
  const video = useLoad((signal) => getVideo(id, signal), [id, user.value?.id]);
  const canWatch = watchable(video.data) && video.data?.id === id;
  const state = video.data?.state;
  // Opened anew when it turns `ready`: with the final playlists, storyboard and captions.
  const film = useLoad(
    async (signal) => (canWatch ? openVideo(id, signal) : undefined),
    [id, canWatch, state === "ready"],
  );
  const opened = film.data?.id === id ? film.data : undefined;
  const keeper = useRef<PlaybackTokenKeeper | null>(null);
  usePolling(
    async () => video.set(await getVideo(id)),
    state !== undefined && state !== "ready" && state !== "failed",
    3000,
    [state],
  );
  usePageTitle(video.data?.title);

  const error = video.error ?? film.error;
  if (error) {
    return (
      <div class="page">
        <ErrorState error={error} onRetry={video.error ? video.reload : film.reload} />
      </div>
    );
  }
  if (!video.data || video.data.id !== id)
    return <div class="stage" aria-busy="true" aria-label="Loading the film" />;
  const t = Number(query["t"]);
  return (
    <article>
      <div class="stage">
        {canWatch && opened ? (
          <Player
            key={id}
            video={video.data}
            opened={opened}
            keeper={keeper}
            onGrant={(grant) => film.set({ ...opened, grant })}
            startAt={query["t"] && Number.isFinite(t) ? t : null}
            autoplay
          />
        ) : (
          <Preparing video={video.data} />
        )}
      </div>
      <div class="page watch">
        <Details video={video.data} />
        <aside class="watch-side">
          {opened && opened.grant.downloads.length > 0 && (
            <section aria-labelledby="downloads">
              <h2 class="section-title" id="downloads">
                Download
              </h2>
              <Downloads grant={opened.grant} keeper={keeper} />
            </section>
          )}
          <Related video={video.data} />
        </aside>
      </div>
    </article>
  );
}

function Details({ video }: { video: Video }) {
  const facts: { name: string; value: string; href?: string }[] = [
    {
      name: "By",
      value: video.creator.name,
      href: `/search?creator=${encodeURIComponent(video.creator.id)}`,
    },
    {
      name: "Category",
      value: categoryName(video.category),
      href: `/search?category=${video.category}`,
    },
    {
      name: "Running time",
      value: video.duration === null ? "Not known yet" : runningTime(video.duration),
    },
    { name: "Published", value: dayOf(video.publishedAt ?? video.createdAt) },
    { name: "Seen", value: viewCount(video.views) },
  ];
  if (video.language) facts.push({ name: "Language", value: languageName(video.language) });
  if (video.captionLanguages.length > 0)
    facts.push({ name: "Captions", value: video.captionLanguages.map(languageName).join(", ") });
  if (video.height)
    facts.push({
      name: "Picture",
      value: `${video.width} × ${video.height}${video.hdr ? ", HDR" : ""}`,
    });
  return (
    <div class="watch-main">
      <h1 class="watch-title">{video.title}</h1>
      {video.state === "playable" && (
        <p class="notice">
          This film is premiering: you can watch while the rest is still being prepared.
        </p>
      )}
      <dl class="facts">
        {facts.map(({ name, value, href }) => (
          <div key={name}>
            <dt class="label soft">{name}</dt>
            <dd>{href ? <a href={href}>{value}</a> : value}</dd>
          </div>
        ))}
      </dl>
      {video.description && <p class="watch-description">{video.description}</p>}
      {video.people.length > 0 && (
        <p class="watch-people">
          <span class="label soft">With</span>{" "}
          {video.people.map((name, index) => (
            <span key={name}>
              {index > 0 && ", "}
              <a href={`/search?q=${encodeURIComponent(`"${name}"`)}`}>{name}</a>
            </span>
          ))}
        </p>
      )}
      {video.tags.length > 0 && (
        <ul class="tags" aria-label="Tags">
          {video.tags.map((tag) => (
            <li key={tag}>
              <a href={`/search?tag=${encodeURIComponent(tag)}`}>{tag}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Films like this one, as the server relates them. */
function Related({ video }: { video: Video }) {
  const related = useLoad((signal) => listRelated(video.id, signal), [video.id]);
  if (!related.data?.length) return null;
  return (
    <section aria-labelledby="related">
      <h2 class="section-title" id="related">
        See next
      </h2>
      <ul class="related">
        {related.data.map((other) => (
          <li key={other.id}>
            <VideoCard video={other} />
          </li>
        ))}
      </ul>
    </section>
  );
}
