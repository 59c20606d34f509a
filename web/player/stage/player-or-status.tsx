import { useEffect, useState } from "preact/hooks";
import type { NextVideo } from "../overlays/end-screen.tsx";
import { Preparing } from "./preparing.tsx";
import { timeOfAddress } from "../opening/time-parameter.ts";
import type { PlayableVideo } from "./use-playable-video.ts";
import { lazyComponent } from "../../lazy-component.ts";

const Player = lazyComponent(() => import("./player.tsx").then((module) => module.Player));

interface Props {
  playable: PlayableVideo;
  /** The `t` parameter of the page's URL; its fragment may name a time too. */
  t: string | undefined;
  autoplay: boolean;
  next?: NextVideo | undefined;
  openPrevious?: (() => void) | undefined;
  theatre?: boolean;
  hasChapters?: boolean;
}

/** The player or, in its place, the state of a video that cannot be played yet. */
export function PlayerOrStatus(props: Props) {
  const { playable, t, autoplay, next, openPrevious, theatre, hasChapters } = props;
  const hash = useHash();
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
      startAt={timeOfAddress(t, hash)}
      autoplay={autoplay}
      next={next}
      openPrevious={openPrevious}
      theatre={theatre ?? false}
      hasChapters={hasChapters ?? true}
    />
  );
}

/** The fragment of the page's address, which links to a time change without leaving the page. */
function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return hash;
}
