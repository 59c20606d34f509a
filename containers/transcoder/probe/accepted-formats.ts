/**
 * The containers and codecs that a source may have. It is a whitelist: anything else is refused. Every demuxer reads
 * one file and opens no other; every decoder is in the fuzzing corpus of the ffmpeg project and, if it can be
 * generated, in our tests. What is left out is in `excluded-formats.ts`, with the reason.
 */

/** Demuxers by ffmpeg's first name, with all names it matches. */
const DEMUXERS: Readonly<Record<string, readonly string[]>> = {
  mov: ["mov", "mp4", "m4a", "3gp", "3g2", "mj2"],
  matroska: ["matroska", "webm"],
  avi: ["avi"],
  flv: ["flv"],
  mpegts: ["mpegts"],
  mpeg: ["mpeg"],
  ogg: ["ogg"],
  asf: ["asf"],
  mxf: ["mxf"],
  dv: ["dv"],
  gif: ["gif"],
  apng: ["apng"],
  webp_anim: ["webp_anim"],
  nut: ["nut"],
  rm: ["rm"],
  ivf: ["ivf"],
  yuv4mpegpipe: ["yuv4mpegpipe"],
  h264: ["h264"],
  hevc: ["hevc"],
  vvc: ["vvc"],
  obu: ["obu"],
  mpegvideo: ["mpegvideo"],
  m4v: ["m4v"],
  // Audio files. They become videos with a cover or a waveform.
  mp3: ["mp3"],
  wav: ["wav"],
  w64: ["w64"],
  flac: ["flac"],
  aac: ["aac"],
  aiff: ["aiff"],
  caf: ["caf"],
  ac3: ["ac3"],
  eac3: ["eac3"],
  wv: ["wv"],
  tta: ["tta"],
  amr: ["amr"],
};

/** Codecs as ffprobe names them, with the decoders allowed for each. `[]` means a decoder with the codec's name. */
type DecoderTable = Readonly<Record<string, readonly string[]>>;

/** Codecs whose only decoder has their name. */
function namesakes(...codecs: readonly string[]): DecoderTable {
  return Object.fromEntries(codecs.map((codec) => [codec, [codec]]));
}

const VIDEO_DECODERS: DecoderTable = {
  // Streaming, cameras and phones.
  ...namesakes("h264", "hevc", "vvc", "mpeg1video", "mpeg2video", "mpeg4", "theora", "mjpeg"),
  vp8: ["vp8", "libvpx"],
  vp9: ["vp9", "libvpx-vp9"],
  av1: ["libdav1d", "libaom-av1", "av1"],
  // Editing and mastering.
  ...namesakes("prores", "prores_raw", "dnxhd", "cfhd", "dvvideo", "ffv1", "hap", "dxv", "qtrle"),
  ...namesakes("huffyuv", "ffvhuff", "utvideo", "magicyuv", "lagarith", "fraps", "hq_hqa", "hqx"),
  ...namesakes("v210", "v308", "v408", "v410", "r210", "r10k", "yuv4", "rawvideo", "aic", "dirac"),
  jpeg2000: ["jpeg2000", "libopenjpeg"],
  ...namesakes("cllc", "sheervideo", "speedhq", "mjpegb", "ljpeg", "jpegls"),
  // Older cameras, phones, discs and web video.
  ...namesakes("h261", "h263", "h263i", "msmpeg4v1", "msmpeg4v2", "wmv1", "wmv2", "wmv3", "vc1"),
  h263p: ["h263p", "h263"],
  msmpeg4v3: ["msmpeg4"],
  flv1: ["flv"],
  ...namesakes("vp3", "vp5", "vp6", "vp6a", "vp6f", "vp7", "rv10", "rv20", "rv30", "rv40"),
  ...namesakes("cinepak", "svq1", "svq3", "rpza", "smc", "msvideo1", "indeo2", "indeo3"),
  ...namesakes("indeo4", "indeo5", "asv1", "asv2", "8bps", "cavs", "snow", "dxtory"),
  msrle: ["msrle"],
  // Screen recordings.
  ...namesakes("zmbv", "flashsv", "flashsv2", "cscd", "tscc", "tscc2", "mss1", "mss2", "mszh"),
  ...namesakes("zlib", "qpeg"),
  // Animated images, and videos made of images.
  ...namesakes("png", "apng", "gif", "webp", "bmp", "tiff", "targa"),
  webp_anim: ["webp_anim"],
};

const AUDIO_DECODERS: DecoderTable = {
  ...namesakes("aac", "aac_latm", "ac3", "eac3", "vorbis", "flac", "alac", "truehd", "mlp"),
  mp1: ["mp1", "mp1float"],
  mp2: ["mp2", "mp2float"],
  mp3: ["mp3", "mp3float"],
  dts: ["dca"],
  opus: ["opus", "libopus"],
  amr_nb: ["amrnb", "libopencore_amrnb"],
  amr_wb: ["amrwb", "libopencore_amrwb"],
  speex: ["libspeex", "speex"],
  gsm: ["gsm", "libgsm"],
  gsm_ms: ["gsm_ms", "libgsm_ms"],
  ...namesakes("wavpack", "tta", "wmav1", "wmav2", "wmapro", "wmalossless"),
  ...namesakes("wmavoice", "nellymoser", "cook", "ralf", "sipr", "atrac3", "qdm2"),
  ...namesakes(
    "qdmc",
    "mace3",
    "mace6",
    "qcelp",
    "evrc",
    "truespeech",
    "imc",
    "iac",
    "s302m",
    "g723_1",
  ),
  ra_144: ["real_144"],
  ra_288: ["real_288"],
  atrac3p: ["atrac3plus", "atrac3p"],
  adpcm_g722: ["g722", "adpcm_g722"],
  adpcm_g726: ["g726", "adpcm_g726"],
  adpcm_g726le: ["g726le", "adpcm_g726le"],
  ...namesakes("adpcm_ima_wav", "adpcm_ima_qt", "adpcm_ms", "adpcm_swf", "adpcm_yamaha"),
  ...namesakes("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
  ...namesakes("pcm_s64le", "pcm_s64be", "pcm_f16le", "pcm_f24le", "pcm_f32le", "pcm_f32be"),
  ...namesakes("pcm_f64le", "pcm_f64be", "pcm_s8", "pcm_u8", "pcm_u16le", "pcm_u16be"),
  ...namesakes("pcm_u24le", "pcm_u24be", "pcm_u32le", "pcm_u32be", "pcm_s8_planar"),
  ...namesakes("pcm_s16le_planar", "pcm_s16be_planar", "pcm_s24le_planar", "pcm_s32le_planar"),
  ...namesakes("pcm_mulaw", "pcm_alaw", "pcm_bluray", "pcm_dvd"),
};

/** Text captions; bitmap captions cannot be converted to WebVTT. */
const CAPTION_DECODERS: DecoderTable = {
  subrip: ["subrip", "srt"],
  ass: ["ass", "ssa"],
  mov_text: ["mov_text"],
  webvtt: ["webvtt"],
};

/** Captions that are never decoded. ffprobe may open their decoders without a second run. */
const BITMAP_CAPTION_DECODERS: DecoderTable = {
  hdmv_pgs_subtitle: ["pgssub"],
  dvd_subtitle: ["dvdsub"],
  dvb_subtitle: ["dvbsub"],
  xsub: ["xsub"],
};
/** The same for captions that are neither images nor text. */
const UNREAD_CAPTION_DECODERS = ["cc_dec"];

export const FORMAT_WHITELIST = Object.values(DEMUXERS).flat().join(",");

export const CODEC_WHITELIST = [
  ...[VIDEO_DECODERS, AUDIO_DECODERS, CAPTION_DECODERS, BITMAP_CAPTION_DECODERS].flatMap((table) =>
    Object.values(table).flat(),
  ),
  ...UNREAD_CAPTION_DECODERS,
].join(",");

/** Everything that a source may have, for the tests that damage one file of each kind. */
export const ACCEPTED = {
  demuxers: Object.keys(DEMUXERS),
  codecs: [VIDEO_DECODERS, AUDIO_DECODERS, CAPTION_DECODERS].flatMap((table) => Object.keys(table)),
};

export const isVideoCodec = (codec: string): boolean => Object.hasOwn(VIDEO_DECODERS, codec);
export const isAudioCodec = (codec: string): boolean => Object.hasOwn(AUDIO_DECODERS, codec);
export const isBitmapCaptionCodec = (codec: string): boolean =>
  Object.hasOwn(BITMAP_CAPTION_DECODERS, codec);
export const isCaptionCodec = (codec: string): boolean => Object.hasOwn(CAPTION_DECODERS, codec);

/** Whether this build of ffmpeg has a decoder for a codec of the table. @param decoders names of its decoders */
export function canDecode(codec: string, decoders: ReadonlySet<string>): boolean {
  const names = VIDEO_DECODERS[codec] ?? AUDIO_DECODERS[codec] ?? CAPTION_DECODERS[codec] ?? [];
  return names.some((name) => decoders.has(name));
}

/** The allowed demuxer in ffprobe's `format_name`, a list of aliases; undefined when none is allowed. */
export function demuxerOf(formatName: string): string | undefined {
  const names = formatName.split(",");
  return Object.keys(DEMUXERS).find((demuxer) => names.includes(demuxer));
}

/**
 * Containers without timestamps or without an index that ffmpeg can use. They are copied into another container first.
 */
const UNSEEKABLE_DEMUXERS = ["h264", "hevc", "vvc", "obu", "mpegvideo", "m4v", "ivf"];
export const isUnseekable = (demuxer: string): boolean => UNSEEKABLE_DEMUXERS.includes(demuxer);

/**
 * AVI derives the bytes per second of G.726 from the block size, which ffmpeg and others write as a whole chunk: two
 * seconds then seem to last half an hour. So the samples are counted instead, in a copy.
 */
const UNTIMED_AUDIO: Readonly<Record<string, readonly string[]>> = {
  avi: ["adpcm_g726", "adpcm_g726le"],
};
/** Whether the times of a container's audio packets are meaningless. */
export const isUntimedAudio = (demuxer: string, codec: string): boolean =>
  UNTIMED_AUDIO[demuxer]?.includes(codec) === true;

/**
 * Seeks fail without an index, and no other container stores these codecs, so such files are read from their beginning.
 */
const ALWAYS_FROM_START = ["rm"];
export const isReadFromStart = (demuxer: string): boolean => ALWAYS_FROM_START.includes(demuxer);

/** Animated images: short, without a duration in their header, and always read completely. */
const ANIMATED_IMAGE_DEMUXERS = ["gif", "apng", "webp_anim"];
export const isAnimatedImage = (demuxer: string): boolean =>
  ANIMATED_IMAGE_DEMUXERS.includes(demuxer);
