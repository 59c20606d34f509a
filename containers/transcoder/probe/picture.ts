import { join } from "node:path";
import { encodeFailure, inputUrl, runFfmpeg, type TaskRun } from "../runtime/task-run.ts";
import { firstTwoOf, hasDiscreteChannels } from "./discrete-channels.ts";
import type { Probed, ProbedStream } from "./ffprobe-output.ts";
import { isReadableAudio } from "./notices.ts";
import { isVideoCodec } from "./accepted-formats.ts";
import { sourceInput } from "./source-input.ts";

/** Size of a waveform, and the maximum size of a cover. */
const WIDTH = 1280;
const HEIGHT = 720;
const WAVEFORM_COLOUR = "0x7aa2f7";
/** Enough to show where audio is loud; older builds of ffmpeg hold all samples in memory. */
const MIN_WAVEFORM_RATE = 1000;
const MAX_WAVEFORM_RATE = 48_000;
/** The 2018 build draws nothing if there are fewer samples than columns. */
const MIN_WAVEFORM_SAMPLES = 2 * WIDTH;
const FRAME_RATE = 25;
const FRAME = [
  "-r",
  String(FRAME_RATE),
  "-frames:v",
  "1",
  "-c:v",
  "libx264",
  "-qp",
  "8",
  "-f",
  "matroska",
];

/** Filters that draw the waveform of an audio track. */
function waveform(stream: ProbedStream, seconds: number | undefined): string {
  const wanted = Math.ceil(MIN_WAVEFORM_SAMPLES / Math.max(0.01, seconds ?? 1));
  const rate = Math.min(MAX_WAVEFORM_RATE, Math.max(MIN_WAVEFORM_RATE, wanted));
  return [
    ...firstTwoOf(hasDiscreteChannels(stream)),
    `aresample=${rate}`,
    "aformat=channel_layouts=mono",
    // Audio may be shorter than its file claims.
    `apad=whole_len=${MIN_WAVEFORM_SAMPLES}`,
    `showwavespic=s=${WIDTH}x${HEIGHT}:colors=${WAVEFORM_COLOUR}`,
  ].join(",");
}

/** The filters that make the image: the largest cover, or else the waveform of the first audio track. */
function pictures(run: TaskRun, { format, streams }: Probed): string[] {
  const covers = streams
    .filter(({ codec_type: type, codec_name: codec }) => type === "video" && isVideoCodec(codec))
    .toSorted((a, b) => b.width * b.height - a.width * a.height);
  const audio = streams.find((stream) => isReadableAudio(stream, run.capabilities.decoders));
  const fit = `scale=w=min(${WIDTH}\\,iw):h=min(${HEIGHT}\\,ih):force_original_aspect_ratio=decrease`;
  const even = "scale=trunc(iw/2)*2:trunc(ih/2)*2:out_color_matrix=bt709:out_range=tv,setsar=1";
  return [
    ...covers
      .slice(0, 1)
      .map(({ index }) => `[0:${index}]format=gbrap,premultiply=inplace=1,${fit},${even}`),
    ...(audio === undefined
      ? []
      : [`[0:${audio.index}]${waveform(audio, format.duration)},${even}`]),
  ];
}

/**
 * Makes the image of an audio file, as a video file with one frame.
 * @throws TaskFailure if neither its cover nor its audio can be decoded
 */
export async function makePicture(
  run: TaskRun,
  probed: Probed,
  demuxer: string,
  folder: string,
): Promise<string> {
  const file = join(folder, "picture.mkv");
  let failure = encodeFailure({ exitCode: 1, stderr: "no audio to draw" });
  for (const picture of pictures(run, probed)) {
    const result = await runFfmpeg(run, [
      ...sourceInput(inputUrl(run, "source"), demuxer),
      ...[
        "-filter_complex",
        `${picture},format=yuv420p,settb=1/${FRAME_RATE},setpts=0[picture]`,
        "-map",
        "[picture]",
      ],
      ...["-colorspace", "bt709", ...FRAME, file],
    ]);
    if (result.exitCode === 0) return file;
    failure = encodeFailure(result);
  }
  throw failure;
}
