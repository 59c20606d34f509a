import "./forced-captions.css";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Playback } from "../../../workers/contract/playback.ts";
import { isCaptioned, STAYS } from "../overlays/feedback.tsx";
import { forcedTrack } from "./forced-track.ts";

interface Props {
  element: RefObject<HTMLVideoElement>;
  captions: Playback["captions"];
  /** The video's language, as set by its creator. */
  language: string | null;
}

/**
 * Captions for what viewers of the original language would not understand, such as signs: shown automatically while no
 * captions are chosen. The page draws the cues of a hidden track, because media-chrome would treat a track shown by the
 * browser as the viewer's choice.
 */
export function ForcedCaptions({ element, captions, language }: Props) {
  const [cues, setCues] = useState<VTTCue[]>([]);
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const listeners = new AbortController();
    const { signal } = listeners;
    let followed: TextTrack | null = null;
    const draw = () => {
      const isFree = followed?.mode === "hidden" && !isCaptioned(media);
      setCues(isFree ? (Array.from(followed?.activeCues ?? []) as VTTCue[]) : []);
    };
    const leave = () => {
      followed?.removeEventListener("cuechange", draw);
      if (followed?.mode === "hidden") followed.mode = "disabled";
    };
    const follow = () => {
      const chosen = forcedTrack(captions, heardIn(media) ?? language);
      const track = chosen && elementOf(media, chosen.url);
      if (track !== followed) {
        leave();
        followed = track;
        followed?.addEventListener("cuechange", draw);
      }
      // Browsers load the cues of hidden tracks, but not of disabled ones.
      if (followed?.mode === "disabled") followed.mode = "hidden";
      draw();
    };
    media.textTracks.addEventListener("change", follow, { signal });
    media.audioTracks.addEventListener("change", follow, { signal });
    media.audioTracks.addEventListener("addtrack", follow, { signal });
    follow();
    return () => {
      listeners.abort();
      leave();
    };
  }, [element, captions, language]);
  return (
    <div {...STAYS} class="forced-captions">
      {cues
        .toSorted((a, b) => Number(isAtTop(b)) - Number(isAtTop(a)))
        .map((cue) => (
          <p
            key={`${cue.startTime} ${cue.text}`}
            class={isAtTop(cue) ? "forced-captions-top" : ""}
            dir="auto"
            ref={(line) => line?.replaceChildren(cue.getCueAsHTML())}
          />
        ))}
    </div>
  );
}

/** The language of the playing audio track; null if the video has only one. */
function heardIn({ audioTracks }: HTMLVideoElement): string | null {
  return Array.from(audioTracks).find(({ enabled }) => enabled)?.language || null;
}

function elementOf(media: HTMLVideoElement, url: string): TextTrack | null {
  const elements = Array.from(media.querySelectorAll("track"));
  return elements.find((element) => element.getAttribute("src") === url)?.track ?? null;
}

/** Whether the file places a cue in the upper half: by line from the top, or in percent. */
function isAtTop({ line, snapToLines }: VTTCue): boolean {
  if (line === "auto") return false;
  return snapToLines ? line >= 0 && line < 8 : line < 50;
}
