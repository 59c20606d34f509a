import { useEffect, useState } from "preact/hooks";
import { nowPlaying } from "../player/element/now-playing.ts";

/** A player that seeks to an entry may stop slightly before it. */
const SEEK_MARGIN_SECONDS = 0.05;

/**
 * The position of the line or chapter that is playing, or -1 before the first.
 * @param entries in order; null while they load
 */
export function useCurrentEntry(entries: readonly { start: number }[] | null): number {
  const [current, setCurrent] = useState(-1);
  const media = nowPlaying.value;
  useEffect(() => {
    if (!media || !entries) return;
    const update = () =>
      setCurrent(
        entries.findLastIndex(({ start }) => start <= media.currentTime + SEEK_MARGIN_SECONDS),
      );
    update();
    media.addEventListener("timeupdate", update);
    return () => media.removeEventListener("timeupdate", update);
  }, [media, entries]);
  return current;
}

/** Scrolls a list to its current entry, unless the viewer points at the list or has the focus in it. */
export function showCurrent(list: HTMLElement | null): void {
  const entry = list?.querySelector<HTMLElement>("[aria-current]");
  if (!list || !entry || list.matches(":hover, :focus-within")) return;
  list.scrollTop = entry.offsetTop - list.clientHeight / 3;
}
