/**
 * Plays a stream in a plain element: with hls.js, which is loaded now, or natively if the browser has no media source.
 * @param signal detaches it
 */
export async function attachStream(
  video: HTMLVideoElement,
  address: string,
  signal: AbortSignal,
): Promise<void> {
  const { default: Hls } = await import("hls.js");
  if (signal.aborted) return;
  if (!Hls.isSupported()) {
    video.src = address;
    signal.addEventListener("abort", () => video.removeAttribute("src"));
    return;
  }
  const hls = new Hls({ maxBufferLength: 20, startLevel: 0 });
  hls.loadSource(address);
  hls.attachMedia(video);
  signal.addEventListener("abort", () => hls.destroy());
}
