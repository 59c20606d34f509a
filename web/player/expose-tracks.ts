import type Hls from "hls.js";
import type { AudioTrack, AudioTrackList, VideoRenditionList, VideoTrack } from "media-tracks";
import "media-tracks/polyfill";

/** What the polyfill adds; its own declaration is not exported by the package. */
declare global {
  interface HTMLMediaElement {
    audioTracks: AudioTrackList;
    videoRenditions: VideoRenditionList;
    addVideoTrack: (kind: string, label?: string, language?: string) => VideoTrack;
    addAudioTrack: (kind: string, label?: string, language?: string) => AudioTrack;
    removeVideoTrack: (track: VideoTrack) => void;
    removeAudioTrack: (track: AudioTrack) => void;
  }
}

/**
 * Shows hls.js' levels and audio tracks as the media element's own renditions and tracks, which the menus
 * of media-chrome read, and obeys what is chosen there. Returns the way back.
 */
export function exposeTracks(video: HTMLVideoElement, hls: Hls): () => void {
  const track = video.addVideoTrack("main");
  track.selected = true;
  hls.levels.forEach((level, index) => {
    const rendition = track.addRendition(
      level.url[0] ?? "",
      level.width,
      level.height,
      level.videoCodec,
      level.bitrate,
    );
    rendition.id = String(index);
  });
  const audioTracks = hls.audioTracks.length > 1 ? hls.audioTracks : [];
  const audio = audioTracks.map((item, index) => {
    const added = video.addAudioTrack(item.default ? "main" : "alternative", item.name, item.lang);
    added.id = String(index);
    added.enabled = item.default;
    return added;
  });

  const chooseLevel = () => {
    hls.nextLevel = video.videoRenditions.selectedIndex;
  };
  const chooseAudio = () => {
    const chosen = audio.findIndex((item) => item.enabled);
    if (chosen >= 0 && chosen !== hls.audioTrack) hls.audioTrack = chosen;
  };
  video.videoRenditions.addEventListener("change", chooseLevel);
  video.audioTracks.addEventListener("change", chooseAudio);
  return () => {
    video.videoRenditions.removeEventListener("change", chooseLevel);
    video.audioTracks.removeEventListener("change", chooseAudio);
    video.removeVideoTrack(track);
    for (const item of audio) video.removeAudioTrack(item);
  };
}
