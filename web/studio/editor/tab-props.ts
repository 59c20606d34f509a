import type { Video } from "../../../workers/contract/videos.ts";
import type { VideoChanges } from "./video-changes.ts";

/** The props of a tab that edits a part of a video's changes. */
export interface TabProps {
  video: Video;
  draft: VideoChanges;
  /** Messages about single fields, by field. */
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<VideoChanges>) => void;
  onSubmit: (event: Event) => void;
}
