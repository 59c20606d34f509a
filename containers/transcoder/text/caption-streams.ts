import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeCaptions } from "../../../workers/domain/captions/caption-encoding.ts";
import { type Cue, readCues } from "../../../workers/domain/captions/cues.ts";
import type { TaskSpec } from "../../../workers/contract/transcodes.ts";
import { sourceInput } from "../probe/source-input.ts";
import { inputUrl, type TaskRun, runFfmpeg } from "../runtime/task-run.ts";
import { captionCollector, isPacketText, readPacketCues } from "./caption-packets.ts";

export type CaptionsSpec = Extract<TaskSpec, { kind: "captions" }>;
type CaptionTrackSpec = CaptionsSpec["streams"][number];

/** The contents of one caption stream. */
export interface StreamCues {
  cues: Cue[];
  /** Number of damaged cues that were left out. */
  dropped: number;
  /** Whether it has captions of which none can be read. */
  isUnreadable: boolean;
}

/** Formats that store a stream's bytes unchanged, by codec: they may have any encoding. */
const STORED_FORMATS: Readonly<Record<string, string>> = { subrip: "srt", ass: "ass" };
/** Lists packets with their sizes, for streams that are UTF-8 by definition. */
const PACKET_LIST = "framecrc";
/** A packet of MP4 captions without text: it ends the previous caption. */
const EMPTY_PACKET_BYTES = 2;

interface ReadCues {
  cues: Cue[];
  /** The faults of the captions that are left out. */
  faults: string[];
}

interface RawStream {
  /** The stream as converted by ffmpeg; undefined if it is too large to be captions. */
  webVtt: string | undefined;
  stored: Buffer | undefined;
}

function codecOf({ source }: CaptionsSpec, { index }: CaptionTrackSpec): string {
  return source.captions.find((stream) => stream.index === index)?.codec ?? "";
}

/** Each stream as converted by ffmpeg, and as stored. */
async function readRaw(
  run: TaskRun,
  spec: CaptionsSpec,
  streams: readonly CaptionTrackSpec[],
): Promise<{ raw: RawStream[]; complaints: string }> {
  const raw = streams.map((): RawStream => ({ webVtt: "", stored: Buffer.alloc(0) }));
  const input = sourceInput(inputUrl(run, "source"), spec.source.demuxer);
  const { stderr } = await runFfmpeg(
    run,
    [
      ...["-copyts", "-start_at_zero", ...input],
      ...streams.flatMap((stream, position) => {
        const format = STORED_FORMATS[codecOf(spec, stream)] ?? PACKET_LIST;
        return [
          ...["-map", `0:${stream.index}`, "-c:s", "webvtt", "-f", "webvtt"],
          ...[`pipe:${3 + 2 * position}`, "-map", `0:${stream.index}`, "-c:s", "copy"],
          ...["-f", format, `pipe:${4 + 2 * position}`],
        ];
      }),
    ],
    {
      pipes: raw.flatMap((stream) => [
        captionCollector((bytes) => (stream.webVtt = bytes?.toString())),
        captionCollector((bytes) => (stream.stored = bytes)),
      ]),
    },
  );
  return { raw, complaints: stderr };
}

/**
 * A stream that ends the process before its own header is written also ends the others, so they are read one by one.
 */
async function readEachRaw(run: TaskRun, spec: CaptionsSpec) {
  const together = await readRaw(run, spec, spec.streams);
  const isWhole = together.raw.every(({ webVtt }) => webVtt !== "");
  if (isWhole || spec.streams.length === 1)
    return together.raw.map((raw) => ({ raw, complaints: together.complaints }));
  const each: { raw: RawStream; complaints: string }[] = [];
  for (const stream of spec.streams) {
    const { raw, complaints } = await readRaw(run, spec, [stream]);
    each.push({ raw: raw[0] ?? { webVtt: "", stored: undefined }, complaints });
  }
  return each;
}

/** Converts an ASS file that has been decoded to text. */
async function convertAss(run: TaskRun, text: string): Promise<string> {
  await using folder = await mkdtempDisposable(join(run.folder, "captions-"));
  const file = join(folder.path, "captions.ass");
  await writeFile(file, text);
  let webVtt = "";
  await runFfmpeg(
    run,
    ["-f", "ass", "-codec_whitelist", "ass,ssa", "-i", file, "-f", "webvtt", "pipe:3"],
    { pipes: [captionCollector((bytes) => (webVtt = bytes?.toString() ?? ""))] },
  );
  return webVtt;
}

/** Text in UTF-8 without zero bytes, which UTF-16 has and at which ffmpeg would end a caption. */
function isUtf8(bytes: Buffer): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The number of captions that a stream stores. */
function storedCount(codec: string, stored: Buffer | undefined): number {
  const text = stored?.toString("latin1") ?? "";
  if (codec === "subrip") return text.match(/^\d.* --> /gm)?.length ?? 0;
  if (codec === "ass") return text.match(/^Dialogue:/gm)?.length ?? 0;
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#") && Number(line.split(",")[4]) > EMPTY_PACKET_BYTES)
    .length;
}

async function cuesOf(
  run: TaskRun,
  codec: string,
  language: string,
  { webVtt, stored }: RawStream,
): Promise<ReadCues> {
  if (webVtt === undefined || stored === undefined) return { cues: [], faults: [] };
  if (!Object.hasOwn(STORED_FORMATS, codec) || isUtf8(stored)) return readCues(webVtt);
  // ffmpeg drops captions that are not UTF-8.
  const text = decodeCaptions(stored, language);
  if (text === undefined) return { cues: [], faults: ["no text in a known encoding"] };
  return readCues(codec === "ass" ? await convertAss(run, text) : text);
}

/** The cues of each stream, in any encoding, and how many of them ffmpeg or we had to drop. */
export async function readCaptionStreams(run: TaskRun, spec: CaptionsSpec): Promise<StreamCues[]> {
  const read = await readEachRaw(run, spec);
  const results: StreamCues[] = [];
  for (const [position, { raw, complaints }] of read.entries()) {
    const stream = spec.streams[position];
    if (stream === undefined) continue;
    const codec = codecOf(spec, stream);
    const count = storedCount(codec, raw.stored);
    // Captions without text are no loss: a difference counts as one only if ffmpeg complains.
    const lostOf = ({ cues, faults }: ReadCues): number =>
      complaints === "" ? 0 : Math.max(0, count - cues.length - faults.length);
    let found = await cuesOf(run, codec, stream.language, raw);
    if (isPacketText(codec) && (lostOf(found) > 0 || found.cues.length === 0)) {
      const fromPackets = await readPacketCues(run, spec.source, stream, codec);
      if (fromPackets.cues.length > found.cues.length) found = fromPackets;
    }
    const { cues, faults } = found;
    const lost = lostOf(found);
    const isTooLarge = raw.webVtt === undefined || raw.stored === undefined;
    const dropped = faults.length + lost;
    const isUnreadable = isTooLarge || (cues.length === 0 && (dropped > 0 || raw.webVtt === ""));
    results.push({ cues, dropped, isUnreadable });
  }
  return results;
}
