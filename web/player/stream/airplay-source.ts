import Hls from "hls.js";
import { HLS_TYPE } from "./media-source.ts";

/** Safari only; other browsers do not have these. */
interface AirPlayElement extends HTMLVideoElement {
  webkitCurrentPlaybackTargetIsWireless?: boolean;
}

/**
 * Lets Safari send the video to an AirPlay device, which loads the playlist itself: its address is a second source next
 * to the one of hls.js, which alone would prevent AirPlay. hls.js releases the element when Safari takes the address.
 * Source: https://webkit.org/blog/15036/how-to-use-media-source-extensions-with-airplay/
 * @param url of the playlist, with the current token
 * @param onReturn called when the device has given the video back
 * @returns a function that ends it
 */
export function offerAirPlay(
  video: AirPlayElement,
  hls: Hls,
  url: () => string,
  onReturn: () => void,
): () => void {
  if (!("WebKitPlaybackTargetAvailabilityEvent" in globalThis)) return () => {};
  const source = document.createElement("source");
  source.type = HLS_TYPE;
  hls.on(Hls.Events.MEDIA_ATTACHED, () => {
    source.src = url();
    video.append(source);
    // hls.js has set it, because a managed media source opens only then or with an address beside it.
    video.disableRemotePlayback = false;
  });
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    if (source.getAttribute("src") !== url()) source.src = url();
  });
  const onChange = () => {
    if (!video.webkitCurrentPlaybackTargetIsWireless && !hls.media) onReturn();
  };
  const name = "webkitcurrentplaybacktargetiswirelesschanged";
  video.addEventListener(name, onChange);
  return () => {
    video.removeEventListener(name, onChange);
    source.remove();
  };
}
