import type { TaskResult } from "../../../workers/contract/transcodes.ts";
import type { TranscriptionSpec, Utterance } from "../../../workers/contract/transcripts.ts";
import { cutAtSilence, levelsOf } from "../../../workers/domain/speech/speech-chunks.ts";
import { type HeardChunk, stitchUtterances } from "../../../workers/domain/speech/stitch.ts";
import { firstTwoOfTrack } from "../probe/discrete-channels.ts";
import { gridShift } from "../probe/source-info.ts";
import { sourceInput } from "../probe/source-input.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { encodeFailure, inputUrl, runFfmpeg, type TaskRun } from "../runtime/task-run.ts";
import { commandTranscriber, siteTranscriber, type Transcriber } from "./transcriber.ts";

/** The sample rate that recognisers are trained with. */
const SAMPLE_RATE = 16_000;
const BYTES_PER_SAMPLE = 2;
const WAV_HEADER_BYTES = 44;
/** Audio per task: a recogniser that runs at a sixth of real time stays within the time limit of tasks. */
const PART_SECONDS = 120;
/** How far before a part to seek: decoders need some data before their output is correct. */
const PREROLL_SECONDS = 1;

/** Transcribes the next part of a track, up to a pause. Its times count from the start of the video. */
export async function transcribePart(run: TaskRun, spec: TranscriptionSpec): Promise<TaskResult> {
  const transcriber = transcriberOf(run, spec);
  const samples = await readSamples(run, spec);
  const isEnd = samples.length < PART_SECONDS * SAMPLE_RATE;
  const { chunks, rest } = cutAtSilence(levelsOf(samples, SAMPLE_RATE), isEnd);
  const heard: HeardChunk[] = [];
  let { language } = spec;
  for (const [index, { start, end }] of chunks.entries()) {
    const part = samples.subarray(Math.round(start * SAMPLE_RATE), Math.round(end * SAMPLE_RATE));
    const transcript = await transcriber.transcribe(wavOf(part), language);
    // The language that was detected first is kept for the rest, since a recogniser only guesses at a cough.
    if (hasWords(transcript.utterances)) language ??= transcript.language;
    const { utterances } = transcript;
    heard.push({ start: spec.from + start, end: spec.from + end, utterances });
    run.emit({ type: "progress", ratio: (index + 1) / chunks.length });
  }
  const until = rest === null ? null : spec.from + rest;
  return { kind: "transcript", language, utterances: stitchUtterances(heard), until };
}

function transcriberOf(run: TaskRun, { kind }: TranscriptionSpec): Transcriber {
  if (kind === "speech") return siteTranscriber(run);
  if (run.recogniser === null) throw new TaskFailure("invalid_task", "there is no recogniser here");
  return commandTranscriber(run, run.recogniser);
}

const hasWords = (utterances: readonly Utterance[]): boolean =>
  utterances.some(({ text }) => /\p{L}{2}/u.test(text));

/** The samples of a part, with gaps filled with silence; fewer at the end of the track. */
async function readSamples(run: TaskRun, spec: TranscriptionSpec): Promise<Int16Array> {
  const { source, streamIndex, from } = spec;
  const seekTo = from - PREROLL_SECONDS;
  const seek = seekTo <= 0 ? [] : ["-noaccurate_seek", "-ss", seekTo.toFixed(6)];
  const first = Math.round(from * SAMPLE_RATE);
  const end = Math.min(
    first + PART_SECONDS * SAMPLE_RATE,
    Math.round(source.duration * SAMPLE_RATE),
  );
  const filters = [
    ...firstTwoOfTrack(source, streamIndex),
    `asetpts=PTS-(${gridShift(source.video).toFixed(6)})/TB`,
    `aresample=${SAMPLE_RATE}`,
    // The same options as for the renditions (audio/audio-args.ts).
    `aresample=async=1000:first_pts=${first}:min_hard_comp=0.02:flags=+res`,
    "aformat=sample_fmts=s16:channel_layouts=mono",
    `atrim=end_sample=${Math.max(1, end - first)}`,
  ];
  const parts: Buffer[] = [];
  const result = await runFfmpeg(
    run,
    [
      ...["-copyts", "-start_at_zero", "-threads", "1"],
      ...sourceInput(inputUrl(run, "source"), source.demuxer, seek),
      ...["-map", `0:${streamIndex}`, "-vn", "-af", filters.join(",")],
      ...["-c:a", "pcm_s16le", "-f", "s16le", "pipe:3"],
    ],
    {
      pipes: [
        async (stream) => {
          for await (const part of stream) parts.push(part as Buffer);
        },
      ],
    },
  );
  if (result.exitCode !== 0) throw encodeFailure(result);
  const bytes = Buffer.concat(parts);
  return new Int16Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - (bytes.length % 2)),
  );
}

/** A WAV file with one channel of 16-bit samples. */
function wavOf(samples: Int16Array): Buffer<ArrayBuffer> {
  const length = samples.length * BYTES_PER_SAMPLE;
  const wav = Buffer.alloc(WAV_HEADER_BYTES + length);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(WAV_HEADER_BYTES - 8 + length, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  // PCM, one channel.
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE, 24);
  wav.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  wav.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  wav.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(length, 40);
  Buffer.from(samples.buffer, samples.byteOffset, length).copy(wav, WAV_HEADER_BYTES);
  return wav;
}
