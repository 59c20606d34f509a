/**
 * The hostile corpus: small files in every container and codec that a source may have, to be damaged. A codec that
 * ffmpeg does not encode gets a file with another codec's packets under its name (relabelled-files.ts).
 */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { generate, tools } from "./bench.ts";
import { capabilitiesOf } from "./capabilities.ts";

const execute = promisify(execFile);

const CAPTIONS = `1
00:00:00,000 --> 00:00:01,000
One

2
00:00:01,000 --> 00:00:02,000
Two
`;

/** Two seconds with two audio tracks and captions where the container has them. */
const WHOLE_FILES: Readonly<Record<string, string>> = {
  "small.mp4": "-map 0 -map 1 -map 2 -map 3 -c:v libx264 -c:a aac -c:s mov_text",
  "small.mkv":
    "-map 0 -map 1 -map 2 -map 3 -map 3 -map 3 -c:v libx264 -c:a mp2 -c:s:0 srt -c:s:1 ass -c:s:2 webvtt",
  "small.webm": "-c:v libvpx -deadline realtime -c:a libopus",
  "small.avi": "-c:v mpeg4 -c:a mp2",
  "small.ts": "-c:v libx264 -c:a aac -mpegts_flags latm",
};

/** Half a second of video, by file: ffmpeg's options for encoders of editors, recorders and old files. */
const VIDEO_FILES: Readonly<Record<string, string>> = {
  "mpeg2.mxf": "-r 25 -c:v mpeg2video",
  "mpeg2.m2v": "-r 25 -c:v mpeg2video",
  "mpeg1.mpg": "-r 25 -c:v mpeg1video",
  "ffv1.nut": "-c:v ffv1",
  "gif.gif": "-c:v gif",
  "apng.apng": "-c:v apng -f apng",
  "rv10.rm": "-c:v rv10",
  "rv20.rm": "-c:v rv20",
  "raw.h264": "-c:v libx264",
  "raw.hevc": "-c:v libx265 -preset ultrafast",
  "raw.m4v": "-c:v mpeg4 -f m4v",
  "raw.obu": "-c:v libsvtav1 -preset 12 -s 64x64 -pix_fmt yuv420p -f obu",
  "raw.y4m": "-c:v wrapped_avframe -pix_fmt yuv420p",
  "vp8.ivf": "-c:v libvpx -deadline realtime",
  "vp9.webm": "-c:v libvpx-vp9 -deadline realtime -cpu-used 8",
  "av1.mkv": "-c:v libsvtav1 -preset 12 -s 64x64 -pix_fmt yuv420p",
  "wmv1.asf": "-c:v wmv1",
  "wmv2.asf": "-c:v wmv2",
  "flashsv.flv": "-c:v flashsv",
  "flashsv2.flv": "-c:v flashsv2",
  "sorenson.flv": "-c:v flv",
  "theora.ogv": "-c:v libtheora",
  "tape.dv": "-r 25 -s 720x576 -c:v dvvideo -pix_fmt yuv420p",
  "dnxhr.mov": "-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p -s 256x128",
  "cineform.mov": "-c:v cfhd -pix_fmt yuv422p10le",
  "jpeg2000.mov": "-c:v jpeg2000",
  "prores.mov": "-c:v prores_ks",
  "svq1.mov": "-c:v svq1",
  "rpza.mov": "-c:v rpza",
  "qtrle.mov": "-c:v qtrle",
  "smc.mov": "-c:v smc",
  "cinepak.mov": "-c:v cinepak -s 32x32",
  "v210.mov": "-c:v v210",
  "v308.mov": "-c:v v308",
  "v408.mov": "-c:v v408",
  "v410.mov": "-c:v v410",
  "r210.mov": "-c:v r210",
  "r10k.mov": "-c:v r10k",
  "yuv4.mov": "-c:v yuv4",
  "hap.mov": "-c:v hap",
  "png.mov": "-c:v png",
  "targa.mov": "-c:v targa",
  "h261.mov": "-c:v h261 -s 176x144",
  "h263.3gp": "-c:v h263 -s 176x144",
  "dirac.mkv": "-c:v vc2 -strict -1 -b:v 500k",
  "tiff.mkv": "-c:v tiff",
  "jpegls.avi": "-c:v jpegls",
  "speedhq.avi": "-c:v speedhq -pix_fmt yuv422p",
  "huffyuv.avi": "-c:v huffyuv",
  "ffvhuff.avi": "-c:v ffvhuff",
  "utvideo.avi": "-c:v utvideo",
  "magicyuv.avi": "-c:v magicyuv",
  "zmbv.avi": "-c:v zmbv",
  "zlib.avi": "-c:v zlib",
  "msvideo1.avi": "-c:v msvideo1",
  "msmpeg4v2.avi": "-c:v msmpeg4v2",
  "msmpeg4v3.avi": "-c:v msmpeg4",
  "asv1.avi": "-c:v asv1",
  "asv2.avi": "-c:v asv2",
  "mjpeg.avi": "-c:v mjpeg",
  "ljpeg.avi": "-c:v ljpeg -strict -1",
  "snow.avi": "-c:v snow -strict -2",
  "rgb.avi": "-c:v rawvideo -pix_fmt bgr24",
};

/** Encoder options for one track of a file with several, such as `-ar`; `?` stands for `a:` and the track's number. */
const SPEECH = "-ar:? 8000 -ac:? 1";
/** Encoders of the audio tracks of files that have many, beside a video track. */
const MANY_TRACKS: Readonly<Record<string, readonly string[]>> = {
  "discs.mkv": [
    ...["aac", "ac3", "eac3", "mp2", "libmp3lame", "libopus", "libvorbis", "flac", "alac"],
    ...["wavpack", "tta", "wmav2", "dca -strict -2", "truehd -strict -2", "mlp -strict -2"],
    `real_144 ${SPEECH}`,
  ],
  "editors.mov": [
    ...["adpcm_ima_qt", "pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_f32be", "pcm_f64be"],
    ...["pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_mulaw", "pcm_alaw"],
    `libgsm ${SPEECH}`,
  ],
  "samples.nut": [
    ...["pcm_u8", "pcm_u16le", "pcm_u16be", "pcm_u24le", "pcm_u24be", "pcm_u32le", "pcm_u32be"],
    ...["pcm_s64le", "pcm_s64be"],
  ],
  "planar.nut": [
    ...["pcm_s8_planar", "pcm_s16le_planar", "pcm_s16be_planar"],
    ...["pcm_s24le_planar", "pcm_s32le_planar"],
  ],
  // Not in NUT, whose header has no channel layout: ffprobe 7.1 cannot open such a decoder without one and fails.
  "recorders.avi": ["adpcm_ima_wav", "adpcm_ms", "adpcm_yamaha"],
  "recorders.nut": ["g722 -ar:? 16000 -ac:? 1", `g723_1 ${SPEECH} -b:? 6.3k`],
  "windows.asf": ["wmav1"],
  "telephone.mkv": [`g726 ${SPEECH} -b:? 32k`],
  "telephone.avi": [`libgsm_ms ${SPEECH}`],
  "speex.flv": ["libspeex -ar:? 16000 -ac:? 1"],
  "nellymoser.flv": [`nellymoser ${SPEECH}`],
  "swf.flv": ["adpcm_swf -ar:? 44100"],
  "broadcast.ts": ["s302m -strict -2 -ar:? 48000 -ac:? 2"],
  "blu-ray.m2ts": ["pcm_bluray -ar:? 48000 -ac:? 2"],
  "disc.vob": ["pcm_dvd -ar:? 48000 -ac:? 2"],
};

/** A second of audio in each format that holds only audio. */
const AUDIO_FILES = "mp3 wav w64 flac aac aiff caf ac3 eac3 wv tta"
  .split(" ")
  .map((format) => `a.${format}`);

/** Accepted formats without a file here, and the reason. */
export const UNMADE: Readonly<Record<string, string>> = {
  bmp: "only as an attached picture, which odd-tracks.test.ts has",
  webp: "only as an attached picture",
  h263p: "containers do not tell it from h263, whose decoder reads both",
  adpcm_g726le: "no accepted container that can be written here has a tag for it",
  ralf: "only RealMedia stores it, and no muxer writes it there",
  webp_anim: "new in ffmpeg 8, and only its own demuxer opens it",
  vvc: "no build has its encoder; builds that decode it get a file under its tag",
  amr: "no build here has its encoder; its codecs are in a MOV file under their tags",
  mp1: "no encoder writes layer I; it is decoded by the code of mp2 and mp3",
  atrac3p: "no encoder, and WAV marks it by a GUID",
  pcm_f16le: "a WAV that only Cool Edit wrote",
  pcm_f24le: "a WAV that only Cool Edit wrote",
};

export interface SmallFile {
  name: string;
  bytes: Buffer;
}

export interface SmallFiles {
  /** With two audio tracks and captions. */
  whole: SmallFile[];
  video: SmallFile[];
  /** With many audio tracks. */
  tracks: SmallFile[];
  /** Without video. */
  audio: SmallFile[];
  /** Files and tracks that this ffmpeg cannot make. */
  lacking: string[];
}

/** Whether this ffmpeg has the encoders and the muxer named by the options. */
async function buildOf(): Promise<(options: readonly string[]) => boolean> {
  const { encoders } = await capabilitiesOf(tools);
  const { stdout } = await execute(tools.ffmpeg, ["-hide_banner", "-muxers"]);
  const muxers = new Set([...stdout.matchAll(/^\s+E\S*\s+(\S+)/gm)].map(([, name]) => name));
  return (options) =>
    options.every((option, index) => {
      const value = options[index + 1] ?? "";
      return option.startsWith("-c:") ? encoders.has(value) : option !== "-f" || muxers.has(value);
    });
}

const isOk = (): boolean => true;
const isNot = (): boolean => false;
const words = (options: string): string[] => options.split(" ");

const PICTURE = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=0.5"];
const SOUND = ["-f", "lavfi", "-i", "sine=d=0.5:r=48000"];

/** Options for a file with these audio tracks. */
function trackOptions(name: string, tracks: readonly string[]): string[] {
  return [
    ...["-map", "0", ...tracks.flatMap(() => ["-map", "1"]), "-r", "25"],
    ...["-c:v", name.endsWith("flv") ? "flv" : "mpeg2video"],
    ...tracks.flatMap((track, number) => {
      const [encoder = "", ...options] = words(track);
      return [`-c:a:${number}`, encoder, ...options.map((one) => one.replace("?", `a:${number}`))];
    }),
  ];
}

/** Makes the corpus in a folder. */
export async function smallFiles(folder: string): Promise<SmallFiles> {
  const has = await buildOf();
  const lacking: string[] = [];
  async function make(
    name: string,
    inputs: readonly string[],
    options: readonly string[],
    codecs: readonly string[] = [name],
  ) {
    const file = join(folder, name);
    // Old builds have the encoder and the muxer, but lack the tag for the codec.
    const isMade =
      has(options) && (await generate([...inputs, ...options, file]).then(isOk, isNot));
    if (isMade) return [{ name, bytes: await readFile(file) }];
    lacking.push(...codecs);
    return [];
  }
  async function makeAll(files: Readonly<Record<string, string>>, inputs: readonly string[]) {
    const made: SmallFile[] = [];
    for (const [name, options] of Object.entries(files))
      made.push(...(await make(name, inputs, words(options))));
    return made;
  }

  const captions = join(folder, "small.srt");
  await writeFile(captions, CAPTIONS);
  const whole = await makeAll(WHOLE_FILES, [
    ...["-f", "lavfi", "-i", "testsrc=s=128x96:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2"],
    ...["-f", "lavfi", "-i", "sine=330:d=2", "-i", captions],
  ]);
  const video = await makeAll(VIDEO_FILES, PICTURE);
  const tracks: SmallFile[] = [];
  for (const [name, encoders] of Object.entries(MANY_TRACKS)) {
    const known = encoders.filter((track) => has(["-c:a", words(track)[0] ?? ""]));
    lacking.push(...encoders.filter((track) => !known.includes(track)));
    const options = trackOptions(name, known);
    if (known.length > 0)
      tracks.push(...(await make(name, [...PICTURE, ...SOUND], options, known)));
  }
  const audio = await makeAll(Object.fromEntries(AUDIO_FILES.map((name) => [name, "-vn"])), [
    ...["-f", "lavfi", "-i", "sine=d=1:r=22050", "-metadata", "title=Sine"],
  ]);
  return { whole, video, tracks, audio, lacking };
}
