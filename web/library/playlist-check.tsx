import type { PlaylistItemPut } from "../../workers/contract/playlists.ts";
import { putInPlaylist, removeFromPlaylist } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { useSubmit } from "../use-submit.ts";

interface Props {
  label: string;
  playlistId: string;
  videoId: string;
  /** The position of an added video. */
  place?: PlaylistItemPut;
  isIn: boolean;
  onChanged: (isIn: boolean) => void;
}

/** Adds a video to a playlist or removes it; several changes may be in progress at once. */
export function PlaylistCheck({ label, playlistId, videoId, place, isIn, onChanged }: Props) {
  const { run, busy, error } = useSubmit(async (wanted: boolean) => {
    await (wanted
      ? putInPlaylist(playlistId, videoId, place)
      : removeFromPlaylist(playlistId, videoId));
    onChanged(wanted);
  });
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          // While the request is pending, the new state is shown.
          checked={isIn !== busy}
          disabled={busy}
          onChange={(event) => run(event.currentTarget.checked)}
        />
        <span dir="auto">{label}</span>
      </label>
      <FormError error={error} />
    </>
  );
}
