import Hls from "hls.js";
import type { Watch } from "../../../workers/contract/watch.ts";
import { adoptSettings } from "../preferences/account-settings.ts";
import { openVideo } from "../opening/open-video.ts";
import { createStream, type Stream } from "./stream.ts";
import { timeOfAddress } from "../opening/time-parameter.ts";

interface EarlyStream extends Stream {
  /** URL of the multivariant playlist. */
  url: string;
  /** Seconds. */
  startAt: number;
  hasFailed: boolean;
}

let earlyStream: EarlyStream | null = null;

/**
 * Starts to load the stream of a video's page while that page is being built: the playlists, and the first segments of
 * video and audio. The player that attaches the same stream next takes it over.
 */
export function loadEarlyStream(watch: Watch): void {
  const { playback, resumeAt } = openVideo(watch) ?? {};
  // DRM needs the element first.
  if (!playback || Object.keys(playback.licenses).length > 0) return;
  if (watch.settings) adoptSettings(watch.settings);
  const query = new URLSearchParams(location.search);
  const startAt = timeOfAddress(query.get("t") ?? undefined, location.hash) ?? resumeAt ?? 0;
  earlyStream?.hls.destroy();
  const stream = {
    ...createStream(playback, startAt),
    url: playback.hls,
    startAt,
    hasFailed: false,
  };
  stream.hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
    stream.hasFailed ||= fatal;
  });
  stream.hls.loadSource(playback.hls);
  earlyStream = stream;
}

/** The stream that was loaded early, if it is the requested one. A failed one is loaded again. */
export function takeEarlyStream(url: string, startAt: number): Stream | null {
  const stream = earlyStream;
  earlyStream = null;
  if (stream && stream.url === url && stream.startAt === startAt && !stream.hasFailed)
    return stream;
  stream?.hls.destroy();
  return null;
}
