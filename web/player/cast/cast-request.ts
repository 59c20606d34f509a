/// <reference types="chromecast-caf-sender" />

/** The video for a Chromecast. */
interface CastVideo {
  /** Of the multivariant playlist, absolute: the device fetches it itself. */
  url: string;
  title: string;
  /** Absolute. */
  poster: string | null;
  /** Seconds. */
  startAt: number;
  isPlaying: boolean;
}

/** A request for Google's default receiver, which plays HLS with fragmented MP4 only if the request says so. */
export function castRequest({
  url,
  title,
  poster,
  startAt,
  isPlaying,
}: CastVideo): chrome.cast.media.LoadRequest {
  const media = new chrome.cast.media.MediaInfo(url, "application/vnd.apple.mpegurl");
  // The types of the package lack these two.
  Object.assign(media, { hlsSegmentFormat: "fmp4", hlsVideoSegmentFormat: "fmp4" });
  const metadata = new chrome.cast.media.GenericMediaMetadata();
  metadata.title = title;
  if (poster !== null) metadata.images = [new chrome.cast.Image(poster)];
  media.metadata = metadata;
  const request = new chrome.cast.media.LoadRequest(media);
  request.currentTime = startAt;
  request.autoplay = isPlaying;
  return request;
}
