import "./watch.css";
import { useRoute } from "preact-iso";
import { titleOf } from "../components/creator-link.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { PlayerOrStatus } from "../player/player-or-status.tsx";
import { usePlayableVideo } from "../player/use-playable-video.ts";

/** The player alone, for iframes on other sites. */
export function Embed() {
  const { params, query } = useRoute();
  const playable = usePlayableVideo(params["id"] ?? "");
  const { video, error } = playable;
  usePageTitle(video?.title ?? null);
  return (
    <main class="embed">
      <h1 class="visually-hidden" dir="auto">
        {video ? titleOf(video) : "Video"}
      </h1>
      {error ? (
        <p class="embed-error" role="alert">
          {error.status === 404 ? "This video is unavailable." : error.message}
        </p>
      ) : (
        <PlayerOrStatus playable={playable} t={query["t"]} autoplay={query["autoplay"] === "1"} />
      )}
    </main>
  );
}
