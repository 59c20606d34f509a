import type { Video } from "../../../workers/contract/videos.ts";
import type { VideoChanges } from "./video-changes.ts";

/** What a tab needs that edits a part of the changes of a video. */
export interface TabProps {
  video: Video;
  draft: VideoChanges;
  /** Messages about single fields, by field. */
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<VideoChanges>) => void;
  onSubmit: (event: Event) => void;
}
