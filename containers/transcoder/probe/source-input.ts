/** How ffmpeg and ffprobe open a source: only with these demuxers and decoders, and only over HTTP. */
import type { SourceInfo } from "../../../workers/contract/source.ts";

/**
 * Demuxers by ffmpeg's first name for each. Image, playlist and script demuxers are left out: they can open other
 * files.
 */
const DEMUXERS = ["mov", "matroska", "avi", "flv", "mpegts", "mpeg", "ogg", "asf"] as const;

/** ffmpeg matches a demuxer's full list of names, so every alias is listed. */
const FORMAT_WHITELIST = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,ogg,asf";

/** Codec names as ffprobe reports them, with the decoders allowed for each. */
const VIDEO_DECODERS: Readonly<Record<string, readonly string[]>> = {
  h264: ["h264"],
  hevc: ["hevc"],
  vp8: ["vp8", "libvpx"],
  vp9: ["vp9", "libvpx-vp9"],
  av1: ["libdav1d", "libaom-av1", "av1"],
  mpeg1video: ["mpeg1video"],
  mpeg2video: ["mpeg2video"],
  mpeg4: ["mpeg4"],
  msmpeg4v2: ["msmpeg4v2"],
  msmpeg4v3: ["msmpeg4"],
  h263: ["h263"],
  flv1: ["flv"],
  theora: ["theora"],
  prores: ["prores"],
  dnxhd: ["dnxhd"],
  dvvideo: ["dvvideo"],
  mjpeg: ["mjpeg"],
  wmv1: ["wmv1"],
  wmv2: ["wmv2"],
  wmv3: ["wmv3"],
  vc1: ["vc1"],
  vp6f: ["vp6f"],
  qtrle: ["qtrle"],
  ffv1: ["ffv1"],
  png: ["png"],
};

const AUDIO_DECODERS: Readonly<Record<string, readonly string[]>> = {
  aac: ["aac"],
  aac_latm: ["aac_latm"],
  mp1: ["mp1", "mp1float"],
  mp3: ["mp3", "mp3float"],
  mp2: ["mp2", "mp2float"],
  ac3: ["ac3"],
  eac3: ["eac3"],
  dts: ["dca"],
  opus: ["opus", "libopus"],
  vorbis: ["vorbis"],
  flac: ["flac"],
  alac: ["alac"],
  amr_nb: ["amrnb"],
  amr_wb: ["amrwb"],
  truehd: ["truehd"],
  mlp: ["mlp"],
  wavpack: ["wavpack"],
  tta: ["tta"],
  wmav1: ["wmav1"],
  wmav2: ["wmav2"],
  wmapro: ["wmapro"],
  speex: ["libspeex", "speex"],
  nellymoser: ["nellymoser"],
  adpcm_ima_wav: ["adpcm_ima_wav"],
  adpcm_ima_qt: ["adpcm_ima_qt"],
  adpcm_ms: ["adpcm_ms"],
  adpcm_swf: ["adpcm_swf"],
  pcm_s16le: ["pcm_s16le"],
  pcm_s16be: ["pcm_s16be"],
  pcm_s24le: ["pcm_s24le"],
  pcm_s24be: ["pcm_s24be"],
  pcm_s32le: ["pcm_s32le"],
  pcm_s32be: ["pcm_s32be"],
  pcm_f32le: ["pcm_f32le"],
  pcm_f32be: ["pcm_f32be"],
  pcm_s8: ["pcm_s8"],
  pcm_u8: ["pcm_u8"],
  pcm_mulaw: ["pcm_mulaw"],
  pcm_alaw: ["pcm_alaw"],
  pcm_bluray: ["pcm_bluray"],
  pcm_dvd: ["pcm_dvd"],
};

/** Text captions; bitmap captions cannot be converted to WebVTT. */
const CAPTION_DECODERS: Readonly<Record<string, readonly string[]>> = {
  subrip: ["subrip", "srt"],
  ass: ["ass", "ssa"],
  mov_text: ["mov_text"],
  webvtt: ["webvtt"],
};

/** Bitmap captions. They are ignored, but ffprobe rejects a file that has a stream with a forbidden decoder. */
const BITMAP_CAPTION_DECODERS = ["pgssub", "dvdsub", "dvbsub", "xsub", "cc_dec"];

const CODEC_WHITELIST = [
  ...[VIDEO_DECODERS, AUDIO_DECODERS, CAPTION_DECODERS].flatMap((table) =>
    Object.values(table).flat(),
  ),
  ...BITMAP_CAPTION_DECODERS,
].join(",");

/** Above any `Limits.maxPixels`: stops a decompression bomb before the source's dimensions are known. */
const MAX_DECODED_PIXELS = 140_000_000;

/**
 * ffmpeg treats a timed-out read as the end of the file, so the relay must give up first
 * (`RETRY_POLICY.blockTimeoutMs`).
 */
const READ_TIMEOUT_MICROSECONDS = "180000000";

export const isVideoCodec = (codec: string): boolean => Object.hasOwn(VIDEO_DECODERS, codec);
export const isAudioCodec = (codec: string): boolean => Object.hasOwn(AUDIO_DECODERS, codec);
export const isCaptionCodec = (codec: string): boolean => Object.hasOwn(CAPTION_DECODERS, codec);

/** The allowed demuxer in ffprobe's `format_name`, a list of aliases; undefined when none is allowed. */
export function demuxerOf(formatName: string): string | undefined {
  const names = formatName.split(",");
  return DEMUXERS.find((demuxer) => names.includes(demuxer));
}

/**
 * ffmpeg's input options for a source. Only output options may follow them.
 *
 * @param url the source on the relay
 * @param demuxer forces this demuxer; only the first probe leaves it open
 * @param before further input options, such as a seek
 */
export function sourceInput(
  url: string,
  demuxer: string | undefined,
  before: readonly string[] = [],
): string[] {
  return [
    ...["-protocol_whitelist", url.startsWith("https:") ? "https,tls,tcp" : "http,tcp"],
    ...["-format_whitelist", FORMAT_WHITELIST, "-codec_whitelist", CODEC_WHITELIST],
    ...["-max_pixels", String(MAX_DECODED_PIXELS), "-rw_timeout", READ_TIMEOUT_MICROSECONDS],
    ...[...(demuxer === undefined ? [] : ["-f", demuxer]), ...before, "-i", url],
  ];
}

/**
 * ffprobe's options that let it open further decoders without decoding a packet with them. It opens one for every
 * track, and gives up at the first that is forbidden, even if nobody needs the track. The format's own whitelist stays
 * as it is, and only that one decides which packets are decoded while the tracks are examined.
 */
export function openOnly(decoders: readonly string[]): string[] {
  const whitelist = [CODEC_WHITELIST, ...decoders].join(",");
  return decoders.length === 0
    ? []
    : ["v", "a", "s", "d"].flatMap((type) => [`-codec_whitelist:${type}`, whitelist]);
}

/**
 * Seeks to earlier times are left out: in AVI, ffmpeg aims ahead of the target, fails to find a keyframe before the
 * first one, and goes to a later one instead.
 */
const MIN_SEEK_SECONDS = 0.2;

/** Input options that start at the keyframe before a time. */
export function seekToKeyframe(time: number): string[] {
  return time < MIN_SEEK_SECONDS ? [] : ["-noaccurate_seek", "-ss", time.toFixed(6)];
}

/** Only libvpx decodes the separate alpha frames of VP8 and VP9. */
const ALPHA_DECODERS: Readonly<Record<string, string>> = { vp8: "libvpx", vp9: "libvpx-vp9" };

/** ffmpeg's input options for a task that decodes the video track. */
export function videoInput(
  url: string,
  { demuxer, video }: SourceInfo,
  before: readonly string[] = [],
): string[] {
  const decoder = video.alpha ? ALPHA_DECODERS[video.codec] : undefined;
  return sourceInput(url, demuxer, [
    ...(decoder === undefined ? [] : ["-c:v", decoder]),
    ...before,
  ]);
}
