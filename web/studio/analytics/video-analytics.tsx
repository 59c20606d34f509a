import type { Video } from "../../../workers/contract/videos.ts";
import { AnalyticsReport } from "./analytics-report.tsx";

/** How a video is watched. */
export function VideoAnalytics({ video }: { video: Video }) {
  return <AnalyticsReport subject={{ kind: "video", id: video.id }} video={video} />;
}
