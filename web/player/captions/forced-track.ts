import type { Playback } from "../../../workers/contract/playback.ts";

type Track = Playback["captions"][number];

const primaryTag = (language: string): string => language.split("-")[0]!.toLowerCase();

/**
 * The forced captions for the current audio: the same language, in any region.
 * @param heard BCP 47; null while unknown: then a single forced track is used
 */
export function forcedTrack(captions: readonly Track[], heard: string | null): Track | null {
  const forced = captions.filter(({ kind }) => kind === "forced");
  if (!heard) return forced.length === 1 ? forced[0]! : null;
  return (
    forced.find(({ language }) => language === heard) ??
    forced.find(({ language }) => primaryTag(language) === primaryTag(heard)) ??
    null
  );
}
