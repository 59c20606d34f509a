const MSE_TYPE = 'video/mp4; codecs="avc1.42E01E,mp4a.40.2"';

/** Whether hls.js can play here: Media Source Extensions, or the managed ones of iPhones. */
export function hasMediaSource(): boolean {
  const { ManagedMediaSource, MediaSource } = globalThis as {
    ManagedMediaSource?: typeof globalThis.MediaSource;
    MediaSource?: typeof globalThis.MediaSource;
  };
  return (ManagedMediaSource ?? MediaSource)?.isTypeSupported(MSE_TYPE) ?? false;
}
