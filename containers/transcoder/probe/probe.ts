import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Chapter } from "../../../workers/contract/chapters.ts";
import type { Notice } from "../../../workers/contract/notices.ts";
import type { PlanSettings } from "../../../workers/contract/transcodes.ts";
import { usableChapters } from "../../../workers/domain/chapters.ts";
import { TaskFailure } from "../runtime/failure.ts";
import type { ProcessResult } from "../runtime/process.ts";
import { inputUrl, type TaskRun, peekInput, runFfprobe } from "../runtime/task-run.ts";
import { CHAPTER_ENTRIES, sourceChapters } from "./chapters.ts";
import { addContainerTracks } from "./container-facts.ts";
import { announcedSeconds, Probed, PROBED_ENTRIES } from "./ffprobe-output.ts";
import { isFieldSequence, readFieldFrames } from "./field-packets.ts";
import { AVI_INDEX_ID, aviIndexOffset, indexlessDemuxer, looksLikeVideo } from "./sniff.ts";
import { hasOnlyAudio, readableVideoTracks, sourceInfo, videoTrackOf } from "./source-info.ts";
import { demuxerOf, isAnimatedImage, isUnseekable, isUntimedAudio } from "./accepted-formats.ts";
import { trackNotices } from "./notices.ts";
import { openOnly, sourceInput } from "./source-input.ts";
import type { PacketTimes } from "./stream-facts.ts";

/** Video packets at one end of a read that are kept to measure the frame rate there. */
const MAX_STRETCH_PACKETS = 120;
/** How far before the announced end to look for the last packets. */
const TAIL_SECONDS = 4;
export const SNIFF_BYTES = 65_536;
/** Length of ffprobe's description of a source; a hundred streams take about 60,000 characters. */
const MAX_PROBE_OUTPUT_CHARACTERS = 1024 * 1024;

/** Decoders outside the whitelist that ffprobe may open in addition; each takes another run. */
const MAX_OPENED_DECODERS = 16;
/** Seconds from the beginning within which the packets of several video tracks are compared. */
const COMPARED_SECONDS = 10;

/** The decoders that ffprobe tried to open and was not allowed to. */
function forbiddenDecoders(stderr: string): string[] {
  return [...stderr.matchAll(/Codec \(([\w-]+)\) not on whitelist/g)].map(([, name = ""]) => name);
}

/** ffprobe's answer in JSON; undefined if it is longer than `MAX_PROBE_OUTPUT_CHARACTERS`. */
async function describe(
  run: TaskRun,
  url: string,
  entries: readonly string[],
  opened: readonly string[],
): Promise<{ text: string | undefined; result: ProcessResult }> {
  const lines: string[] = [];
  let length = 0;
  const result = await runFfprobe(
    run,
    [
      ...["-show_entries", entries.join(":"), "-of", "json"],
      ...sourceInput(url, undefined, openOnly(opened)),
    ],
    (line) => {
      length += line.length;
      if (length <= MAX_PROBE_OUTPUT_CHARACTERS) lines.push(line);
    },
  );
  return { text: length > MAX_PROBE_OUTPUT_CHARACTERS ? undefined : lines.join("\n"), result };
}

/**
 * The tracks and the chapters of a source. If there is too much text to read both, the chapters are left out.
 * @param opened decoders outside the whitelist that ffprobe may open for tracks that are not needed
 */
export async function probeStreams(
  run: TaskRun,
  url: string,
  head: Buffer,
  opened: readonly string[] = [],
): Promise<Probed> {
  const withChapters = await describe(run, url, [PROBED_ENTRIES, CHAPTER_ENTRIES], opened).catch(
    (error: unknown) => {
      // If a title fills the memory, the same failure without chapters is caused by the tracks.
      if (error instanceof TaskFailure && error.code === "damaged_file") return undefined;
      throw error;
    },
  );
  const { text, result } =
    withChapters?.text === undefined
      ? await describe(run, url, [PROBED_ENTRIES], opened)
      : withChapters;
  if (text === undefined)
    throw new TaskFailure(
      "damaged_file",
      `more than ${MAX_PROBE_OUTPUT_CHARACTERS} characters of stream headers`,
    );
  const parsed = result.exitCode === 0 ? Probed.safeParse(JSON.parse(text)) : undefined;
  if (parsed?.success === true) return { ...parsed.data, openedDecoders: [...opened] };
  const forbidden = forbiddenDecoders(result.stderr).filter((name) => !opened.includes(name));
  if (forbidden.length > 0 && opened.length < MAX_OPENED_DECODERS)
    return probeStreams(run, url, head, [...new Set([...opened, ...forbidden])]);
  throw new TaskFailure(looksLikeVideo(head) ? "damaged_file" : "not_a_video", result.stderr);
}

/** ffprobe's input options for a source that was probed before. */
function probeInput(url: string, { format, openedDecoders }: Probed): string[] {
  return sourceInput(url, demuxerOf(format.format_name), openOnly(openedDecoders));
}

/** Counts the first packets of each video track if there are several: a cover or a thumbnail has only one. */
async function comparePackets(run: TaskRun, url: string, probed: Probed): Promise<Probed> {
  if (readableVideoTracks(probed).length < 2) return probed;
  const counts = new Map<number, number>();
  await runFfprobe(
    run,
    [
      ...["-show_entries", "packet=stream_index", "-of", "csv=p=0", "-select_streams", "v"],
      ...["-read_intervals", `%+${COMPARED_SECONDS}`],
      ...probeInput(url, probed),
    ],
    (line) => {
      const index = Number.parseInt(line, 10);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    },
  );
  const streams = probed.streams.map((stream) => ({
    ...stream,
    sampledPackets: counts.get(stream.index) ?? 0,
  }));
  return { ...probed, streams };
}

/** Reads the packets selected by ffprobe's options `select`; all of them without any. */
async function readPackets(
  run: TaskRun,
  url: string,
  probed: Probed,
  select: readonly string[] = [],
): Promise<PacketTimes> {
  const start = probed.format.start_time;
  const videoIndex = videoTrackOf(probed).index;
  const audioIndexes = new Set(
    probed.streams.filter((stream) => stream.codec_type === "audio").map(({ index }) => index),
  );
  /** When the last packet of each audio track began. */
  const audioTimes = new Map<number, number>();
  let count = 0;
  const beginning: number[] = [];
  const stretch: number[] = [];
  const times = { last: 0, lastDuration: 0, audioEnd: 0, lacksPresentationTimes: false };
  await runFfprobe(
    run,
    [
      ...["-show_entries", "packet=stream_index,pts_time,dts_time,duration_time", "-of", "csv=p=0"],
      ...select,
      ...probeInput(url, probed),
    ],
    (line) => {
      const [index, pts = Number.NaN, dts = Number.NaN, reported = Number.NaN] = line
        .split(",")
        .map(Number.parseFloat);
      // AVI stores no presentation times. In decoding order the times are the same, apart from the delay.
      const time = (Number.isFinite(pts) ? pts : dts) - start;
      const duration = Number.isFinite(reported) ? reported : 0;
      if (index === undefined || !Number.isFinite(time)) return;
      if (audioIndexes.has(index)) {
        // Matroska stores no duration for packets of WavPack, which last half a second: each counts as long as the
        // previous one.
        const before = audioTimes.get(index) ?? time;
        const lasts = duration > 0 ? duration : Math.max(0, time - before);
        times.audioEnd = Math.max(times.audioEnd, time + lasts);
        audioTimes.set(index, time);
      }
      if (index !== videoIndex) return;
      count += 1;
      if (count <= MAX_STRETCH_PACKETS) {
        beginning.push(time);
        if (!Number.isFinite(pts)) times.lacksPresentationTimes = true;
      }
      stretch.push(time);
      if (stretch.length > MAX_STRETCH_PACKETS) stretch.shift();
      if (time >= times.last) [times.last, times.lastDuration] = [time, duration];
    },
  );
  const stretches =
    select.length === 0 && count > stretch.length ? [beginning, stretch] : [stretch];
  return { ...times, stretches: count === 0 ? [] : stretches };
}

function mergeTimes(first: PacketTimes, later: PacketTimes): PacketTimes {
  return {
    stretches: [...first.stretches, ...later.stretches],
    ...(later.last > first.last
      ? { last: later.last, lastDuration: later.lastDuration }
      : { last: first.last, lastDuration: first.lastDuration }),
    audioEnd: Math.max(first.audioEnd, later.audioEnd),
    lacksPresentationTimes: first.lacksPresentationTimes === true,
  };
}

/**
 * Reads the packets at both ends of a source. All of them are read if it is short, because a second process would take
 * longer, or if its end is not where its header says.
 */
async function readEnds(
  run: TaskRun,
  url: string,
  probed: Probed,
  announced: number | undefined,
): Promise<PacketTimes> {
  const tailStart = (announced ?? 0) - TAIL_SECONDS;
  if (tailStart <= 0) return readPackets(run, url, probed);
  const [first, tail] = await Promise.all([
    readPackets(run, url, probed, [
      // Only the video track is read, since it may begin after any number of audio packets.
      ...["-select_streams", String(videoTrackOf(probed).index)],
      ...["-read_intervals", `%+#${MAX_STRETCH_PACKETS}`],
    ]),
    readPackets(run, url, probed, ["-read_intervals", `${tailStart + probed.format.start_time}%`]),
  ]);
  const ends = mergeTimes(first, tail);
  const hasReachedTail = Math.max(tail.last, tail.audioEnd) >= tailStart;
  return hasReachedTail ? ends : mergeTimes(ends, await readPackets(run, url, probed));
}

/** An interrupted recorder writes no index. Every seek would then read the file from its beginning. */
async function lacksAviIndex(run: TaskRun, head: Buffer): Promise<boolean> {
  const offset = aviIndexOffset(head);
  if (offset === undefined) return false;
  const { bytes } = await peekInput(run, "source", AVI_INDEX_ID.length, offset);
  return bytes.toString("latin1") !== AVI_INDEX_ID;
}

export type ProbeResult =
  | { type: "source"; source: SourceInfo; notices: Notice[]; chapters: Chapter[] }
  | { type: "remux-first"; demuxer: string };

/**
 * Inspects the source: its tracks, its frame rate from the first packets, and its true duration from the last ones,
 * because headers can be wrong and a truncated file announces more than it contains.
 * @param remuxed whether the source is the output of our own remux task
 * @returns `remux-first` for a container without an index, in which every seek would read the whole file, and for
 * audio, which gets an image there
 * @throws TaskFailure when the file cannot be encoded or exceeds a limit
 */
export async function probeSource(
  run: TaskRun,
  settings: Pick<PlanSettings, "limits" | "audioUploads">,
  remuxed: boolean,
): Promise<ProbeResult> {
  const { limits } = settings;
  const { bytes: head, size } = await peekInput(run, "source", SNIFF_BYTES);
  if (size === 0) throw new TaskFailure("not_a_video", "empty file");
  const indexless = indexlessDemuxer(head);
  if (!remuxed && indexless !== undefined) return { type: "remux-first", demuxer: indexless };
  if (!remuxed && (await lacksAviIndex(run, head))) return { type: "remux-first", demuxer: "avi" };
  const url = inputUrl(run, "source");
  const found = await probeStreams(run, url, head);
  const audioDemuxer = demuxerOf(found.format.format_name);
  if (
    settings.audioUploads === true &&
    !remuxed &&
    audioDemuxer !== undefined &&
    hasOnlyAudio(run, found)
  )
    return { type: "remux-first", demuxer: audioDemuxer };
  const streams = await addContainerTracks(run, found, size);
  const probed = await comparePackets(run, url, streams);
  if (probed.streams.length === 0 && looksLikeVideo(head))
    throw new TaskFailure("damaged_file", "the container has no tracks");
  const video = videoTrackOf(probed);
  const demuxer = demuxerOf(probed.format.format_name);
  if (demuxer === undefined) throw new TaskFailure("not_a_video", probed.format.format_name);

  const announced = announcedSeconds(probed);
  const isUntimed = probed.streams.some(({ codec_name: codec }) => isUntimedAudio(demuxer, codec));
  if (!remuxed && (isUnseekable(demuxer) || isUntimed)) return { type: "remux-first", demuxer };
  if (!remuxed && announced === undefined && !isAnimatedImage(demuxer))
    return { type: "remux-first", demuxer };
  if (announced !== undefined && announced > limits.maxDuration)
    throw new TaskFailure("too_long", `${announced} s`);

  const [packets, fieldFrames, isOfFields] = await Promise.all([
    readEnds(run, url, probed, announced),
    readFieldFrames(run, video, probeInput(url, probed), probed.format.start_time),
    isFieldSequence(run, video, probeInput(url, probed)),
  ]);
  const times = { ...packets, ...(fieldFrames !== undefined && { fieldFrames }), isOfFields };
  const { decoders } = run.capabilities;
  const source = sourceInfo(probed, times, size, limits, decoders);
  return {
    type: "source",
    source,
    notices: trackNotices(probed, decoders),
    chapters: usableChapters(
      sourceChapters(probed.chapters, probed.format.start_time),
      source.duration,
    ),
  };
}
