import type Hls from "hls.js";
import type { AudioTrack, AudioTrackList, VideoRenditionList, VideoTrack } from "media-tracks";
import "media-tracks/polyfill";

/** Added by the polyfill, whose package does not export the declaration. */
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
 * Exposes hls.js' levels and audio tracks as renditions and tracks of the media element, where media-chrome's
 * menus read them, and applies the viewer's choices to hls.js.
 * @returns a function that removes the tracks and listeners
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
