import Hls from "hls.js";
import type { AudioTrack, AudioTrackList, VideoRenditionList, VideoTrack } from "media-tracks";
import { preferences } from "../preferences/preferences.ts";

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
 * menus read them, and applies the viewer's choices to hls.js. Call it when the levels are known: hls.js lists the audio
 * tracks later, and again when they change.
 * @returns a function that removes the tracks and listeners
 */
export function exposeTracks(video: HTMLVideoElement, hls: Hls): () => void {
  const removeRenditions = exposeRenditions(video, hls);
  const removeAudio = exposeAudioTracks(video, hls);
  return () => {
    removeRenditions();
    removeAudio();
  };
}

function exposeRenditions(video: HTMLVideoElement, hls: Hls): () => void {
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
  const chooseLevel = () => {
    hls.nextLevel = video.videoRenditions.selectedIndex;
  };
  video.videoRenditions.addEventListener("change", chooseLevel);
  return () => {
    video.videoRenditions.removeEventListener("change", chooseLevel);
    video.removeVideoTrack(track);
  };
}

const isLanguage = (track: string | undefined, language: string): boolean =>
  track === language || (track?.startsWith(`${language}-`) ?? false);

function exposeAudioTracks(video: HTMLVideoElement, hls: Hls): () => void {
  let exposed: AudioTrack[] = [];
  const remove = () => {
    for (const track of exposed) video.removeAudioTrack(track);
    exposed = [];
  };
  let language = preferences.value.audioLanguage;
  /** The language to choose as soon as a track has it; hls.js only knows what was preferred when it started. */
  let wanted = language;
  const chooseWanted = () => {
    const index = hls.audioTracks.findIndex(({ lang }) => isLanguage(lang, wanted));
    if (wanted === "" || index < 0) return;
    wanted = "";
    hls.audioTrack = index;
  };
  const update = () => {
    remove();
    if (hls.audioTracks.length < 2) return;
    chooseWanted();
    // hls.js has chosen none yet when the first list arrives.
    const enabled =
      hls.audioTrack >= 0 ? hls.audioTrack : hls.audioTracks.findIndex((item) => item.default);
    exposed = hls.audioTracks.map((item, index) => {
      const kind = item.default ? "main" : "alternative";
      const added = video.addAudioTrack(kind, item.name, item.lang);
      added.id = String(index);
      added.enabled = index === enabled;
      return added;
    });
  };
  const choose = () => {
    const chosen = exposed.findIndex((track) => track.enabled);
    if (chosen >= 0 && chosen !== hls.audioTrack) hls.audioTrack = chosen;
  };
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, update);
  video.audioTracks.addEventListener("change", choose);
  update();
  // The account's settings may arrive when the video already plays.
  const unsubscribe = preferences.subscribe(({ audioLanguage }) => {
    if (audioLanguage === language) return;
    language = wanted = audioLanguage;
    update();
  });
  return () => {
    unsubscribe();
    hls.off(Hls.Events.AUDIO_TRACKS_UPDATED, update);
    video.audioTracks.removeEventListener("change", choose);
    remove();
  };
}
