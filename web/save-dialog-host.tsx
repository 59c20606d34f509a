import { signal } from "@preact/signals";
import { withMessages } from "./i18n/load-messages.ts";
import type { Video } from "../workers/contract/videos.ts";
import { lazyComponent } from "./lazy-component.ts";

const SaveDialog = lazyComponent(() =>
  withMessages("library", import("./library/save-dialog.tsx")).then((module) => module.SaveDialog),
);

/** The video for which the viewer chooses lists. */
const chosen = signal<Video | null>(null);

/** Opens the dialog that adds a video to the watchlist and to playlists. */
export function openSaveDialog(video: Video): void {
  chosen.value = video;
}

/** The one place of the dialog, for the cards and pages of the whole site. */
export function SaveDialogHost() {
  const video = chosen.value;
  return video && <SaveDialog video={video} onClose={() => (chosen.value = null)} />;
}
