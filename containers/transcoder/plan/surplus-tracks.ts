import { MAX_CAPTION_TRACKS } from "../../../workers/contract/captions.ts";
import type { Notice } from "../../../workers/contract/notices.ts";
import type { SourceInfo } from "../../../workers/contract/source.ts";
import { captionName, trackName } from "../probe/track-name.ts";
import { MAX_AUDIO_TRACKS, usedAudio } from "./plan.ts";

/** A notice for each track that is left out because there are too many. */
export function surplusNotices(source: SourceInfo): Notice[] {
  const used = usedAudio(source);
  const audio = source.audio.flatMap((track, position): Notice[] =>
    used.includes(track)
      ? []
      : [
          {
            code: "audio_left_out",
            track: trackName(track.title, track.language, position),
            count: MAX_AUDIO_TRACKS,
          },
        ],
  );
  const captions = source.captions.flatMap((track, position): Notice[] =>
    position < MAX_CAPTION_TRACKS
      ? []
      : [
          {
            code: "captions_left_out",
            track: captionName(track, position),
            count: MAX_CAPTION_TRACKS,
          },
        ],
  );
  return [...audio, ...captions];
}
