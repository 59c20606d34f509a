import type { SourceInfo } from "../../../workers/contract/source.ts";
import type { Limits } from "../../../workers/contract/transcode.ts";
import { TaskFailure } from "../runtime/failure.ts";
import { inputUrl, type Job, peekInput, runFfprobe } from "../runtime/task-run.ts";
import { type PacketTimes, pictureOf, Probed, PROBED_ENTRIES, sourceInfo } from "./probe-facts.ts";
import { AVI_INDEX, aviIndexOffset, indexlessDemuxer, looksLikeVideo } from "./sniff.ts";
import { demuxerOf, sourceInput } from "./source-input.ts";

/** The last packets of the picture in a read tell the frame rate there. */
const STRETCH_PACKETS = 120;
/** Seconds before the announced end in which the last packets are looked for. */
const TAIL_SECONDS = 4;
const SNIFF_BYTES = 65_536;
/** Characters that ffprobe may tell of a source: a hundred streams have some 60,000. */
const PROBED_LENGTH = 1024 * 1024;

const probeStreams = async (job: Job, url: string, head: Buffer): Promise<Probed> => {
  const lines: string[] = [];
  let length = 0;
  const result = await runFfprobe(
    job,
    ["-show_entries", PROBED_ENTRIES, "-of", "json", ...sourceInput(url, undefined)],
    (line) => {
      length += line.length;
      if (length <= PROBED_LENGTH) lines.push(line);
    },
  );
  if (length > PROBED_LENGTH) throw new TaskFailure("damaged_file", `${length} bytes of headers`);
  const parsed = result.exitCode === 0 ? Probed.safeParse(JSON.parse(lines.join("\n"))) : undefined;
  if (parsed?.success === true) return parsed.data;
  if (/Codec \(.+\) not on whitelist/.test(result.stderr)) {
    throw new TaskFailure("unsupported_format", result.stderr.slice(0, 200));
  }
  throw new TaskFailure(looksLikeVideo(head) ? "damaged_file" : "not_a_video", result.stderr);
};

/** What the packets that ffprobe's options `select` tell, from the container's start. */
const readPackets = async (
  job: Job,
  url: string,
  probed: Probed,
  select: readonly string[],
): Promise<PacketTimes> => {
  const start = probed.format.start_time;
  const picture = pictureOf(probed).index;
  const sounds = new Set(
    probed.streams.filter((stream) => stream.codec_type === "audio").map(({ index }) => index),
  );
  const stretch: number[] = [];
  const times = { last: 0, lastDuration: 0, soundEnd: 0 };
  await runFfprobe(
    job,
    [
      ...["-show_entries", "packet=stream_index,pts_time,duration_time", "-of", "csv=p=0"],
      ...select,
      ...sourceInput(url, demuxerOf(probed.format.format_name)),
    ],
    (line) => {
      const [index, pts = Number.NaN, length = Number.NaN] = line.split(",").map(Number.parseFloat);
      const [time, duration] = [pts - start, Number.isFinite(length) ? length : 0];
      if (index === undefined || !Number.isFinite(time)) return;
      if (sounds.has(index)) times.soundEnd = Math.max(times.soundEnd, time + duration);
      if (index !== picture) return;
      stretch.push(time);
      if (stretch.length > STRETCH_PACKETS) stretch.shift();
      if (time >= times.last) [times.last, times.lastDuration] = [time, duration];
    },
  );
  return { ...times, stretches: stretch.length === 0 ? [] : [stretch] };
};

/** Later packets outdo earlier ones. */
const joinTimes = (first: PacketTimes, later: PacketTimes): PacketTimes => ({
  stretches: [...first.stretches, ...later.stretches],
  ...(later.last > first.last
    ? { last: later.last, lastDuration: later.lastDuration }
    : { last: first.last, lastDuration: first.lastDuration }),
  soundEnd: Math.max(first.soundEnd, later.soundEnd),
});

/** A recorder that was cut off wrote no index: every seek would read the file from its beginning. */
const lacksAviIndex = async (job: Job, head: Buffer): Promise<boolean> => {
  const offset = aviIndexOffset(head);
  if (offset === undefined) return false;
  const { bytes } = await peekInput(job, "source", AVI_INDEX.length, offset);
  return bytes.toString("latin1") !== AVI_INDEX;
};

export type Probe =
  | { type: "source"; source: SourceInfo }
  | { type: "remux-first"; demuxer: string };

/**
 * Looks at the source: streams, frame rate from the first packets, true length from the last ones (headers lie,
 * and a cut-off file announces what it no longer holds).
 *
 * @param remuxed whether the source is already our own remux
 * @throws TaskFailure when the file cannot be encoded or exceeds a limit
 */
export const probeSource = async (job: Job, limits: Limits, remuxed: boolean): Promise<Probe> => {
  const { bytes: head, size } = await peekInput(job, "source", SNIFF_BYTES);
  if (size === 0) throw new TaskFailure("not_a_video", "empty file");
  const indexless = indexlessDemuxer(head);
  if (!remuxed && indexless !== undefined) return { type: "remux-first", demuxer: indexless };
  if (!remuxed && (await lacksAviIndex(job, head))) return { type: "remux-first", demuxer: "avi" };
  const url = inputUrl(job, "source");
  const probed = await probeStreams(job, url, head);
  if (probed.streams.length === 0 && looksLikeVideo(head))
    throw new TaskFailure("damaged_file", "no stream");
  const picture = pictureOf(probed).index;
  const demuxer = demuxerOf(probed.format.format_name);
  if (demuxer === undefined) throw new TaskFailure("not_a_video", probed.format.format_name);

  const announced = probed.format.duration;
  if (!remuxed && announced === undefined) return { type: "remux-first", demuxer };
  if (announced !== undefined && announced > limits.maxDuration)
    throw new TaskFailure("too_long", `${announced} s`);

  const tailStart = (announced ?? 0) - TAIL_SECONDS;
  const [first, tail] = await Promise.all([
    readPackets(job, url, probed, [
      // Of the picture alone: it may begin after any number of packets of sound.
      ...["-select_streams", String(picture)],
      ...["-read_intervals", `%+#${STRETCH_PACKETS}`],
    ]),
    readPackets(job, url, probed, [
      "-read_intervals",
      `${Math.max(0, tailStart) + probed.format.start_time}%`,
    ]),
  ]);
  const reached = announced !== undefined && Math.max(tail.last, tail.soundEnd) >= tailStart;
  const ends = joinTimes(first, tail);
  const times = reached ? ends : joinTimes(ends, await readPackets(job, url, probed, []));
  return { type: "source", source: sourceInfo(probed, times, size, limits) };
};
