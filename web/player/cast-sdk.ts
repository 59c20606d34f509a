/// <reference types="chromecast-caf-sender" />

const SDK_URL = "https://www.gstatic.com/cv/js/sender/v1/cast_sender.js?loadCastFramework=1";

/** Whether this deployment allows Google's script (docs/operations.md), and this is a browser that it works in. */
export const hasChromecast = import.meta.env.CHROMECAST === "true" && "chrome" in globalThis;

let context: Promise<cast.framework.CastContext> | null = null;

/** Loads Google's Cast framework, once. @throws Error when it does not load, or finds no support for casting */
export function loadCast(): Promise<cast.framework.CastContext> {
  context ??= new Promise((resolve, reject) => {
    window.__onGCastApiAvailable = (isAvailable, reason) => {
      if (!isAvailable) {
        reject(new Error(reason ?? "cast-unavailable"));
        return;
      }
      const loaded = cast.framework.CastContext.getInstance();
      loaded.setOptions({
        receiverApplicationId: chrome.cast.media.DEFAULT_MEDIA_RECEIVER_APP_ID,
        autoJoinPolicy: chrome.cast.AutoJoinPolicy.ORIGIN_SCOPED,
      });
      resolve(loaded);
    };
    const script = document.createElement("script");
    script.src = SDK_URL;
    script.addEventListener("error", () => reject(new Error("cast-script-not-loaded")));
    document.head.append(script);
  });
  return context;
}

/** What a Chromecast shows. */
export interface CastVideo {
  /** Of the multivariant playlist, absolute: the device fetches it by itself. */
  url: string;
  title: string;
  /** Absolute. */
  poster: string | null;
  /** Seconds. */
  startAt: number;
  isPlaying: boolean;
}

/** A request for Google's default receiver, which plays HLS of fragmented MP4 only if it is told so. */
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

declare global {
  interface ImportMetaEnv {
    /** Of wrangler.toml, when the site was built. */
    readonly CHROMECAST: string;
  }
}
