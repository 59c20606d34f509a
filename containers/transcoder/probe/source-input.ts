/** How ffmpeg and ffprobe may open a source: only these demuxers and decoders, only HTTP. */
import type { SourceInfo } from "../../../workers/contract/source.ts";

/** Demuxers by the first name ffmpeg gives them. Image, playlist and script demuxers are left out on purpose. */
const DEMUXERS = ["mov", "matroska", "avi", "flv", "mpegts", "mpeg", "ogg", "asf"] as const;

/** ffmpeg compares a demuxer's whole list of names, so each of a family's names is listed. */
const FORMAT_WHITELIST = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,ogg,asf";

/** Codec names as ffprobe reports them, with the decoders that may read each. */
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

/** Text subtitles; bitmap ones cannot become WebVTT. */
const TEXT_DECODERS: Readonly<Record<string, readonly string[]>> = {
  subrip: ["subrip", "srt"],
  ass: ["ass", "ssa"],
  mov_text: ["mov_text"],
  webvtt: ["webvtt"],
};

/** Pictures of text. Nothing is made of them, but ffprobe gives up on a file with a stream that it may not open. */
const BITMAP_DECODERS = ["pgssub", "dvdsub", "dvbsub", "xsub", "cc_dec"];

const CODEC_WHITELIST = [
  ...[VIDEO_DECODERS, AUDIO_DECODERS, TEXT_DECODERS].flatMap((table) =>
    Object.values(table).flat(),
  ),
  ...BITMAP_DECODERS,
].join(",");

/** Larger than any frame that `Limits.maxPixels` lets pass; stops a bomb before the limits are even known. */
const MAX_DECODED_PIXELS = 140_000_000;

/** Microseconds. What ffmpeg gives up it takes for the end of the file: the relay gives up before (`PATIENCE.block`). */
const READ_TIMEOUT = "180000000";

export const isVideoCodec = (codec: string): boolean => Object.hasOwn(VIDEO_DECODERS, codec);
export const isAudioCodec = (codec: string): boolean => Object.hasOwn(AUDIO_DECODERS, codec);
export const isTextCodec = (codec: string): boolean => Object.hasOwn(TEXT_DECODERS, codec);

/** The allowed demuxer in ffprobe's `format_name`, which lists aliases; undefined when it is not allowed. */
export const demuxerOf = (formatName: string): string | undefined => {
  const names = formatName.split(",");
  return DEMUXERS.find((demuxer) => names.includes(demuxer));
};

/**
 * Input options for a source at a storage URL, to be followed by nothing but the output's options.
 *
 * @param demuxer forced when given; only the first probe goes without
 * @param before further input options, such as a seek
 */
export const sourceInput = (
  url: string,
  demuxer: string | undefined,
  before: readonly string[] = [],
): string[] => [
  "-protocol_whitelist",
  url.startsWith("https:") ? "https,tls,tcp" : "http,tcp",
  "-format_whitelist",
  FORMAT_WHITELIST,
  "-codec_whitelist",
  CODEC_WHITELIST,
  "-max_pixels",
  String(MAX_DECODED_PIXELS),
  "-rw_timeout",
  READ_TIMEOUT,
  ...(demuxer === undefined ? [] : ["-f", demuxer]),
  ...before,
  "-i",
  url,
];

/** Only libvpx looks for the transparency beside a picture of its codecs. */
const ALPHA_DECODERS: Readonly<Record<string, string>> = { vp8: "libvpx", vp9: "libvpx-vp9" };

/** Input options for a source of which the picture is decoded. */
export const pictureInput = (
  url: string,
  { demuxer, video }: SourceInfo,
  before: readonly string[] = [],
): string[] => {
  const decoder = video.alpha ? ALPHA_DECODERS[video.codec] : undefined;
  return sourceInput(url, demuxer, [
    ...(decoder === undefined ? [] : ["-c:v", decoder]),
    ...before,
  ]);
};
