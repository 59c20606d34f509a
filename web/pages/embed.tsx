import "./watch.css";
import { lazy, useRoute } from "preact-iso";
import { useRef } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { getVideo } from "../api.ts";
import { usePageTitle } from "../components/page-title.ts";
import type { PlaybackTokenKeeper } from "../player/playback-token-keeper.ts";
import { openVideo } from "../player/open-video.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { Preparing } from "./preparing.tsx";

const Player = lazy(() => import("../player/player.tsx").then((module) => module.Player));

/** The player alone, to be framed by other sites. */
export function Embed() {
  const { params, query } = useRoute();
  const id = params["id"] ?? "";
  const video = useLoad((signal) => getVideo(id, signal), [id]);
  const state: Video["state"] | undefined = video.data?.state;
  const canWatch = state === "playable" || state === "ready";
  const film = useLoad(
    async (signal) => (canWatch ? openVideo(id, signal) : undefined),
    [id, canWatch, state === "ready"],
  );
  usePolling(
    async () => video.set(await getVideo(id)),
    state !== undefined && state !== "ready" && state !== "failed",
    3000,
    [state],
  );
  usePageTitle(video.data?.title);

  const keeper = useRef<PlaybackTokenKeeper | null>(null);
  const opened = film.data;
  const error = video.error ?? film.error;
  return (
    <main class="embed">
      <h1 class="visually-hidden">{video.data?.title ?? "Film"}</h1>
      {error ? (
        <p class="embed-error" role="alert">
          {error.status === 404 ? "This film is not available." : error.message}
        </p>
      ) : video.data && canWatch && opened ? (
        <Player
          key={id}
          video={video.data}
          opened={opened}
          keeper={keeper}
          onGrant={(grant) => film.set({ ...opened, grant })}
          startAt={Number(query["t"]) || null}
          autoplay={query["autoplay"] === "1"}
        />
      ) : (
        video.data && <Preparing video={video.data} />
      )}
    </main>
  );
}
