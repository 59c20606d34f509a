import { lazy } from "preact-iso";
import { Preparing } from "./preparing.tsx";
import type { PlayableVideo } from "./use-playable-video.ts";

const Player = lazy(() => import("./player.tsx").then((module) => module.Player));

interface Props {
  playable: PlayableVideo;
  /** The `t` parameter of the page's URL, in seconds. */
  t: string | undefined;
  autoplay: boolean;
}

/** The player, or in its place the state of a video that cannot be played yet. */
export function PlayerOrStatus({ playable, t, autoplay }: Props) {
  const { video, opened, keeper, onPlayback, onShown } = playable;
  if (!video) return null;
  if (!opened) return <Preparing video={video} />;
  return (
    <Player
      key={video.id}
      video={video}
      opened={opened}
      keeper={keeper}
      onPlayback={onPlayback}
      onShown={onShown}
      startAt={t && Number.isFinite(Number(t)) ? Number(t) : null}
      autoplay={autoplay}
    />
  );
}
