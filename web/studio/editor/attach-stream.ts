/**
 * Has a plain element play a stream: with hls.js, which is loaded now, or by itself where the browser has no media source.
 * @param signal lets go of it
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
