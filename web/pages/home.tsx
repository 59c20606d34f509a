import "./home.css";
import type { Video } from "../../workers/contract/video.ts";
import { getFeed, getSignInOptions } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { EmptyState, ErrorState } from "../components/states.tsx";
import { Picture, VideoCard } from "../components/video-card.tsx";
import { categoryName, runningTime } from "../format.ts";
import { canCreate, user } from "../session.ts";
import { useLoad } from "../use-load.ts";

/** Home: tonight's film and the programme, row by row. */
export function Home() {
  usePageTitle(undefined);
  const feed = useLoad((signal) => getFeed(signal), [user.value?.id]);
  const rows = feed.data?.rows.filter((row) => row.items.length > 0) ?? [];
  const lead = rows[0]?.items[0];

  if (feed.error) {
    return (
      <div class="page">
        <ErrorState error={feed.error} onRetry={feed.reload} />
      </div>
    );
  }
  if (!feed.data) return <HomeSkeleton />;
  if (!lead) return <EmptyProgramme />;
  return (
    <>
      <Lead video={lead} />
      {rows.map((row, index) => (
        <Row key={row.id} number={index + 1} title={row.title} videos={row.items} />
      ))}
    </>
  );
}

/** Before the first film: whoever may upload one is led there, a visitor to an account where one can be had. */
function EmptyProgramme() {
  const options = useLoad(getSignInOptions, []);
  const mayJoin = user.value === null && options.data?.signUp;
  const [href, words] = canCreate.value ? ["/upload", "Upload a film"] : ["/sign-up", "Sign up"];
  return (
    <div class="page">
      <EmptyState
        title="The screen is still white"
        action={
          (canCreate.value || mayJoin) && (
            <a class="button button-signal" href={href}>
              {words}
            </a>
          )
        }
      >
        No film has been published here yet. The first one opens the programme.
      </EmptyState>
    </div>
  );
}

/** Long titles take a smaller size, so that a cover never breaks. */
const titleSize = (title: string) =>
  title.length > 60 ? "small" : title.length > 26 ? "middle" : "large";

function Lead({ video }: { video: Video }) {
  return (
    <section class="lead" aria-labelledby="lead-title">
      <div class="lead-text">
        <p class="label">Now showing</p>
        <h1 id="lead-title" class={`lead-title lead-title-${titleSize(video.title)}`}>
          {video.title}
        </h1>
        <p class="lead-facts">
          <span>{video.creator.name}</span>
          <span>{categoryName(video.category)}</span>
          {video.duration !== null && <span>{runningTime(video.duration)}</span>}
        </p>
        <a class="button lead-button" href={`/watch/${video.id}`}>
          <Icon name="play" />
          Watch
        </a>
      </div>
      <a class="lead-picture" href={`/watch/${video.id}`} tabIndex={-1} aria-hidden="true">
        <Picture video={video} eager />
      </a>
    </section>
  );
}

function Row({ number, title, videos }: { number: number; title: string; videos: Video[] }) {
  const id = `row-${number}`;
  return (
    <section class="row" aria-labelledby={id}>
      <header class="row-head">
        <span class="row-number" aria-hidden="true">
          {String(number).padStart(2, "0")}
        </span>
        <h2 id={id}>{title}</h2>
      </header>
      <ul class="row-films">
        {videos.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function HomeSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the programme">
      <div class="lead lead-loading" />
      {[1, 2].map((row) => (
        <div class="row" key={row}>
          <div class="row-head">
            <div class="skeleton skeleton-line" style={{ width: "8rem" }} />
          </div>
          <div class="row-films">
            {[1, 2, 3, 4].map((card) => (
              <div key={card}>
                <div class="skeleton skeleton-picture" />
                <div class="skeleton skeleton-line" />
              </div>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
