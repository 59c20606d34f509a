import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chapter } from "../../../workers/contract/chapters.ts";
import { t } from "../../i18n/translate.ts";

/** Text of a cue, in which `&` and `<` begin markup. */
const escapeCue = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * Gives the media element a chapters track, which media-chrome draws on its timeline. It never changes, because a track
 * cannot be removed from an element.
 * @param duration seconds; null while unknown
 */
export function useChapterTrack(
  element: RefObject<HTMLVideoElement>,
  chapters: readonly Chapter[],
  duration: number | null,
): void {
  useEffect(() => {
    const media = element.current;
    if (!media || chapters.length === 0 || duration === null) return;
    const track = media.addTextTrack("chapters", t("watch.chapters"));
    chapters.forEach(({ start, title }, index) => {
      const end = chapters[index + 1]?.start ?? duration;
      track.addCue(new VTTCue(start, end, escapeCue(title)));
    });
  }, [element]);
}

/** The playback position in whole seconds, for parts that change with chapters, not with frames. */
export function useCurrentSecond(element: RefObject<HTMLVideoElement>): number {
  // The element that shows it may appear later than the media, like menus.
  const [second, setSecond] = useState(() => Math.floor(element.current?.currentTime ?? 0));
  useEffect(() => {
    const media = element.current;
    if (!media) return;
    const update = () => setSecond(Math.floor(media.currentTime));
    media.addEventListener("timeupdate", update);
    media.addEventListener("seeking", update);
    return () => {
      media.removeEventListener("timeupdate", update);
      media.removeEventListener("seeking", update);
    };
  }, [element]);
  return second;
}
