/** The report of one playback. */
export interface Outcome {
  errors: string[];
  ended: boolean;
  startedAt: number;
  /** The buffered ranges at the end; more than one means a gap. */
  buffered: [number, number][];
  frames: number;
  gapsJumped: number;
  audio: string[];
  subtitles: string[];
  /** When the captions of the first track begin, in seconds. */
  cues: number[];
  /** Chapters that hls.js has found in the date ranges. */
  chapters: { start: number; duration: number; title: string }[];
  /** The codec that shaka-player has played, by its RFC 6381 name. */
  codec: string;
}

/** The video is small, because several pages are drawn at once. */
export const PAGE = "<!doctype html><video muted playsinline width=64></video>";

/** Functions for the page. `play...` plays a URL to its end at double speed and reports. */
export const PLAYERS = `
  const video = document.querySelector("video");
  // Far beyond what a busy computer needs, and before the limit of a test, which would not say where playback stopped.
  const MAX_PLAYBACK_MS = 150_000;
  const outcome = { errors: [], ended: false, startedAt: NaN, buffered: [], frames: 0, gapsJumped: 0, audio: [], subtitles: [], cues: [], chapters: [], codec: "" };
  const finish = new Promise((resolve) => {
    video.addEventListener("ended", () => ((outcome.ended = true), resolve()), { once: true });
    video.addEventListener("error", () => (outcome.errors.push("media " + video.error.message), resolve()), { once: true });
    window.stop = resolve;
    const stuck = () => "stuck at " + video.currentTime + " s in state " + video.readyState + (video.paused ? ", paused" : "");
    setTimeout(() => (outcome.errors.push(stuck()), resolve()), MAX_PLAYBACK_MS);
  });
  const report = () => {
    for (let i = 0; i < video.buffered.length; i++) outcome.buffered.push([video.buffered.start(i), video.buffered.end(i)]);
    // An event would tell a busy page of a later time.
    if (video.played.length > 0) outcome.startedAt = video.played.start(0);
    outcome.frames = video.getVideoPlaybackQuality().totalVideoFrames;
    const cues = Array.from(video.textTracks).flatMap((track) => Array.from(track.cues ?? []));
    outcome.cues = [...new Set(cues.map(({ startTime }) => startTime))].sort((a, b) => a - b);
    return outcome;
  };
  const begin = async () => {
    // After the source is attached, because that resets the speed.
    video.playbackRate = 2;
    await video.play();
  };
  window.playHls = async (url) => {
    const hls = new Hls({ maxBufferLength: 60 });
    // hls.js recovers from a stall on a busy computer, and from the aborted load of the key of a rendition that it leaves,
    // and reports both as errors. Anything else, above all a gap that it skips, is a fault.
    const harmless = [Hls.ErrorDetails.BUFFER_STALLED_ERROR, Hls.ErrorDetails.INTERNAL_ABORTED];
    hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
      if (fatal || !harmless.includes(details)) outcome.errors.push(details);
      if (fatal) window.stop();
    });
    hls.loadSource(url);
    hls.attachMedia(video);
    await new Promise((resolve) => video.addEventListener("loadedmetadata", resolve, { once: true }));
    outcome.audio = hls.audioTracks.map((track) => track.lang);
    outcome.subtitles = hls.subtitleTracks.map((track) => track.lang);
    if (outcome.subtitles.length > 0) hls.subtitleTrack = 0;
    await begin();
    await finish;
    outcome.chapters = Object.values(hls.latestLevelDetails.dateRanges).map(({ startTime: start, duration, attr }) => ({ start, duration, title: attr["X-TITLE"] }));
    return report();
  };
  window.playShaka = async (url, codec) => {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(video);
    player.configure({ streaming: { bufferingGoal: 60 }, preferredVideo: codec ? [{ codec, hdrLevel: "", label: "", language: "", layout: "", role: "" }] : [] });
    player.addEventListener("error", ({ detail }) => (outcome.errors.push("shaka " + detail.code), window.stop()));
    await player.load(url);
    outcome.audio = player.getAudioTracks().map((track) => track.language);
    outcome.subtitles = player.getTextTracks().map((track) => track.language);
    if (outcome.subtitles.length > 0) player.selectTextTrack(player.getTextTracks()[0]);
    await begin();
    await finish;
    outcome.gapsJumped = player.getStats().gapsJumped;
    outcome.codec = player.getVariantTracks().find(({ active }) => active).videoCodec;
    return report();
  };
  const metadata = () => new Promise((resolve) => video.addEventListener("loadedmetadata", resolve, { once: true }));
  window.playDashJs = async (url) => {
    const player = dashjs.MediaPlayer().create();
    player.on(dashjs.MediaPlayer.events.ERROR, ({ error }) => (outcome.errors.push("dash.js " + error.code), window.stop()));
    player.initialize(video, url, false);
    await metadata();
    outcome.audio = player.getTracksFor("audio").map((track) => track.lang);
    outcome.subtitles = player.getTracksFor("text").map((track) => track.lang);
    await begin();
    await finish;
    return report();
  };
  window.playVideoJs = async (url) => {
    const player = videojs(video, { html5: { vhs: { overrideNative: true } } });
    player.on("error", () => (outcome.errors.push("video.js " + player.error().code), window.stop()));
    player.src({ src: url, type: url.endsWith(".mpd") ? "application/dash+xml" : "application/x-mpegURL" });
    // It loads nothing of an open playlist before playback starts.
    player.play();
    await metadata();
    outcome.audio = Array.from(player.audioTracks()).map((track) => track.language);
    const subtitles = Array.from(player.textTracks()).filter(({ kind }) => kind === "subtitles");
    outcome.subtitles = subtitles.map((track) => track.language);
    for (const track of subtitles) track.mode = "showing";
    await begin();
    await finish;
    report();
    // It keeps its tracks to itself.
    const cues = subtitles.flatMap((track) => Array.from(track.cues ?? []));
    outcome.cues = [...new Set(cues.map(({ startTime }) => startTime))].sort((a, b) => a - b);
    return outcome;
  };
  const languagesOf = (tracks, language) => tracks.map((track) => track[language]).toSorted().join();
  const once = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
  // The switch functions select German, switch through the renditions and report the audio tracks and the active one at each.
  window.switchHls = async (url) => {
    const hls = new Hls({ maxBufferLength: 4, startLevel: 0 });
    hls.loadSource(url);
    hls.attachMedia(video);
    await once(video, "loadedmetadata");
    hls.audioTrack = hls.audioTracks.findIndex(({ lang }) => lang === "de");
    await video.play();
    const reports = [];
    for (const level of [...hls.levels.keys(), 0]) {
      if (hls.currentLevel !== level) {
        const switched = new Promise((resolve) => hls.on(Hls.Events.LEVEL_SWITCHED, (_, data) => data.level === level && resolve()));
        hls.currentLevel = level;
        await switched;
      }
      reports.push(hls.levels[level].height + " " + languagesOf(hls.audioTracks, "lang") + " " + hls.audioTracks[hls.audioTrack]?.lang);
    }
    return reports;
  };
  window.switchShaka = async (url) => {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    await player.attach(video);
    player.configure({ abr: { enabled: false }, preferredVideo: [{ codec: "avc1", hdrLevel: "", label: "", language: "", layout: "", role: "" }] });
    await player.load(url);
    player.selectAudioTrack(player.getAudioTracks().find(({ language }) => language === "de"));
    await video.play();
    const reports = [];
    const tracks = player.getVideoTracks();
    for (const track of [...tracks, tracks[0]]) {
      player.selectVideoTrack(track, true);
      await once(video, "timeupdate");
      const active = player.getVariantTracks().find((variant) => variant.active);
      reports.push(active.height + " " + languagesOf(player.getAudioTracks(), "language") + " " + active.language);
    }
    return reports;
  };
`;
