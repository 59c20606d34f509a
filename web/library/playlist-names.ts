import type { Visibility } from "../../workers/contract/videos.ts";
import type { PlainKey } from "../i18n/translate.ts";

export const VISIBILITY_NAMES = {
  public: "library.public",
  unlisted: "library.unlisted",
  private: "library.private",
} as const satisfies Record<Visibility, PlainKey>;

/** The address of a video in a playlist. */
export function addressIn(playlistId: string, videoId: string): string {
  return `/watch/${videoId}?list=${playlistId}`;
}
