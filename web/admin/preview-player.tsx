import { PlayerOrStatus } from "../player/stage/player-or-status.tsx";
import { usePlayableVideo } from "../player/stage/use-playable-video.ts";
import { FormError } from "../components/form-error.tsx";

/** The player inside a moderation list. */
export function PreviewPlayer({ id }: { id: string }) {
  const playable = usePlayableVideo(id);
  if (playable.error) return <FormError error={playable.error} />;
  return (
    <div class="video-look-player">
      <PlayerOrStatus playable={playable} t="0" hasChapters={false} autoplay={false} />
    </div>
  );
}
