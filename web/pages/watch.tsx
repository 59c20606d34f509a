import "./watch.css";
import { useRoute } from "preact-iso";
import { isBlank } from "../../workers/contract/unseen-text.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { listRelated } from "../api.ts";
import { creatorNameOf, titleOf } from "../components/creator-link.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ErrorState } from "../components/states.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { categoryName, dayOf, languageName, runningTime } from "../format.ts";
import { Downloads } from "../player/downloads.tsx";
import { PlayerOrStatus } from "../player/player-or-status.tsx";
import { usePlayableVideo } from "../player/use-playable-video.ts";
import { useLoad } from "../use-load.ts";

/** One video: the player, its details, downloads and related videos. */
export function Watch() {
  const { params, query } = useRoute();
  const playable = usePlayableVideo(params["id"] ?? "");
  const { video, opened, error, retry, keeper, isShown } = playable;
  usePageTitle(error ? "Video not available" : video ? titleOf(video) : null);

  if (error) {
    return (
      <div class="page">
        <ErrorState error={error} onRetry={retry} />
      </div>
    );
  }
  if (!video) return <div class="stage" aria-busy="true" aria-label="Loading the video" />;
  return (
    <article>
      <div class="stage">
        <PlayerOrStatus playable={playable} t={query["t"]} autoplay />
      </div>
      <div class="page watch">
        <Details video={video} />
        <aside class="watch-side">
          {opened && opened.playback.downloads.length > 0 && (
            <section aria-labelledby="downloads">
              <h2 class="section-title" id="downloads">
                Download
              </h2>
              <Downloads playback={opened.playback} keeper={keeper} />
            </section>
          )}
          {isShown && <RelatedVideos video={video} />}
        </aside>
      </div>
    </article>
  );
}

function Details({ video }: { video: Video }) {
  const facts: { name: string; value: string; href?: string }[] = [
    {
      name: "Creator",
      value: creatorNameOf(video),
      href: `/search?creator=${encodeURIComponent(video.creator.id)}`,
    },
    {
      name: "Category",
      value: categoryName(video.category),
      href: `/search?category=${video.category}`,
    },
    {
      name: "Duration",
      value: video.duration === null ? "Unknown" : runningTime(video.duration),
    },
    { name: "Published", value: dayOf(video.publishedAt ?? video.createdAt) },
    { name: "Views", value: new Intl.NumberFormat("en").format(video.views) },
  ];
  if (video.language) facts.push({ name: "Language", value: languageName(video.language) });
  if (video.captionLanguages.length > 0)
    facts.push({ name: "Captions", value: video.captionLanguages.map(languageName).join(", ") });
  if (video.height)
    facts.push({
      name: "Resolution",
      value: `${video.width} × ${video.height}${video.hdr ? ", HDR" : ""}`,
    });
  const [people, tags] = [video.people, video.tags].map((names) =>
    names.filter((name) => !isBlank(name)),
  ) as [string[], string[]];
  return (
    <div class="watch-main">
      <h1 class="watch-title" dir="auto">
        {titleOf(video)}
      </h1>
      {video.state === "playable" && (
        <p class="notice">
          You can start watching now. The rest of this video is still being processed.
        </p>
      )}
      <dl class="facts">
        {facts.map(({ name, value, href }) => (
          <div key={name}>
            <dt class="label soft">{name}</dt>
            <dd dir="auto">{href ? <a href={href}>{value}</a> : value}</dd>
          </div>
        ))}
      </dl>
      {!isBlank(video.description) && (
        <p class="watch-description" dir="auto">
          {video.description}
        </p>
      )}
      {people.length > 0 && (
        <p class="watch-people">
          <span class="label soft">Cast and crew</span>{" "}
          {people.map((name, index) => (
            <span key={name}>
              {index > 0 && ", "}
              <a href={`/search?q=${encodeURIComponent(`"${name}"`)}`} dir="auto">
                {name}
              </a>
            </span>
          ))}
        </p>
      )}
      {tags.length > 0 && (
        <ul class="tags" aria-label="Tags">
          {tags.map((tag) => (
            <li key={tag}>
              <a href={`/search?tag=${encodeURIComponent(tag)}`} dir="auto">
                {tag}
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function RelatedVideos({ video }: { video: Video }) {
  const related = useLoad((signal) => listRelated(video.id, signal), [video.id], "related");
  if (!related.data?.length) return null;
  return (
    <section aria-labelledby="related">
      <h2 class="section-title" id="related">
        Related videos
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
