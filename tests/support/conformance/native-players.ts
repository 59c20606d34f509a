import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagedTools } from "../../../containers/transcoder/runtime/tools.ts";

const TIMEOUT_MS = 60_000;
/** VLC refuses to run as root. */
const NOBODY = 65_534;

/** What a player has shown of a stream. Undefined values are not reported. */
export interface NativePlayback {
  frames: number;
  /** End of the last frame, in seconds. */
  videoEnd: number;
  audioEnd?: number;
  /** By how many seconds the video starts later than the audio. */
  videoDelay?: number;
  audioTracks?: number;
}

export interface NativePlayer {
  name: string;
  /** The executable and the Debian package that contains it. */
  command: string;
  debianPackage: string;
  play: (url: string) => Promise<NativePlayback>;
}

interface Finished {
  output: string;
  exitCode: number | string;
}

/** Runs a program to its end. A crash is not an error here, because its output is judged. */
function runPlayer(command: string, args: string[], asNobody = false): Promise<Finished> {
  const isRoot = process.getuid?.() === 0;
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        timeout: TIMEOUT_MS,
        killSignal: "SIGKILL",
        maxBuffer: 2 ** 26,
        ...(asNobody && isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
        env: { ...process.env, HOME: tmpdir(), LC_ALL: "C" },
      },
      (error, stdout, stderr) =>
        resolve({
          output: `${stdout}\n${stderr}`,
          exitCode: error ? (error.code ?? error.signal ?? "unknown") : 0,
        }),
    );
  });
}

/** @throws Error that quotes the player's output */
function requireFrames(playback: NativePlayback, { output, exitCode }: Finished): NativePlayback {
  if (exitCode === 0 && playback.frames > 0) return playback;
  throw new Error(`exit ${exitCode}, ${playback.frames} frames: ${output.trim().slice(-600)}`);
}

/** Start and end of a track, in seconds. */
interface TrackTimes {
  count: number;
  start: number;
  end: number;
}

function timesOf(times: { start: number; duration: number }[]): TrackTimes {
  return {
    count: times.length,
    start: Math.min(...times.map(({ start }) => start)),
    end: Math.max(...times.map(({ start, duration }) => start + duration)),
  };
}

/** Decodes the first video track and all others to their ends; framecrc prints a line for each frame. */
async function playFfmpeg(command: string, url: string): Promise<NativePlayback> {
  const finished = await runPlayer(command, [
    ...["-v", "error", "-nostdin", "-allowed_extensions", "ALL", "-i", url],
    ...["-map", "0:v:0", "-map", "0:a", "-vsync", "0"],
    // ffmpeg decodes audio from seconds before the first frame of an open playlist.
    ...["-max_muxing_queue_size", "10000", "-f", "framecrc", "-"],
  ]);
  const timebases = new Map<string, number>();
  for (const [, stream, num, den] of finished.output.matchAll(/^#tb (\d+): (\d+)\/(\d+)/gm))
    timebases.set(stream!, Number(num) / Number(den));
  const types = new Map<string, string>();
  for (const [, stream, type] of finished.output.matchAll(/^#media_type (\d+): (\w+)/gm))
    types.set(stream!, type!);
  const packets = [...finished.output.matchAll(/^(\d+), +-?\d+, +(-?\d+), +(\d+),/gm)].map(
    ([, stream, pts, duration]) => ({
      stream: stream!,
      start: Number(pts) * timebases.get(stream!)!,
      duration: Number(duration) * timebases.get(stream!)!,
    }),
  );
  const video = timesOf(packets.filter(({ stream }) => stream === "0"));
  const audio = timesOf(packets.filter(({ stream }) => stream === "1"));
  const playback = {
    frames: video.count,
    videoEnd: video.end,
    audioEnd: audio.end,
    videoDelay: video.start - audio.start,
    audioTracks: [...types.values()].filter((type) => type === "audio").length,
  };
  return requireFrames(playback, finished);
}

async function playMpv(url: string): Promise<NativePlayback> {
  const finished = await runPlayer("mpv", [
    ...["--no-config", "--vo=null", "--ao=null", "--ao-null-untimed", "--untimed", "--sid=1"],
    ...["--msg-level=all=error,cplayer=info,statusline=status", "--hls-bitrate=max"],
    ...["--term-status-msg=at ${=time-pos} of ${=estimated-frame-number}.", url],
  ]);
  const status = [...finished.output.matchAll(/at ([\d.]+) of (\d+)\./g)].at(-1);
  // The position of the last frame, counted from 0.
  return requireFrames(
    {
      frames: Number(status?.[2] ?? -1) + 1,
      videoEnd: Number(status?.[1] ?? 0),
      audioTracks: new Set(finished.output.match(/--aid=\d+/g)).size,
    },
    finished,
  );
}

const MICROSECONDS_PER_SECOND = 1_000_000;

/** VLC reads all tracks, and its stream output prints how much of each there was. */
async function playVlc(url: string): Promise<NativePlayback> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-vlc-"));
  try {
    await chmod(folder, 0o777);
    const stats = join(folder, "stats");
    const finished = await runPlayer(
      "cvlc",
      [
        ...["-I", "dummy", "--no-media-library", "--sout", `#stats{output=${stats}}`],
        ...["--sout-all", url, "vlc://quit"],
      ],
      true,
    );
    const text = await readFile(stats, "utf8").catch(() => "");
    const tracks = [
      ...text.matchAll(/final type:(\w+) id:\d+ segments:(\d+) total_duration:(\d+)/g),
    ].map(([, type, count, duration]) => ({
      type,
      count: Number(count),
      seconds: Number(duration) / MICROSECONDS_PER_SECOND,
    }));
    const video = tracks.filter(({ type }) => type === "Video");
    const audio = tracks.filter(({ type }) => type === "Audio");
    const playback = {
      frames: Math.max(0, ...video.map(({ count }) => count)),
      videoEnd: Math.max(0, ...video.map(({ seconds }) => seconds)),
      audioEnd: Math.max(0, ...audio.map(({ seconds }) => seconds)),
      audioTracks: audio.length,
    };
    return requireFrames(playback, finished);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Times and checksums have this form; a track's checksums have one length. */
const GSTREAMER_TRACKS = { md5: /^([\d:.]+) [\da-f]{32}$/gm, sha1: /^([\d:.]+) [\da-f]{40}$/gm };

/**
 * Its checksum sinks print the start of every buffer. The messages of its fakesink cannot be counted: while several
 * threads start, some are lost and some are printed twice.
 */
async function playGstreamer(url: string): Promise<NativePlayback> {
  const sink = (hash: keyof typeof GSTREAMER_TRACKS): string =>
    `checksumsink hash=${hash} sync=false`;
  const finished = await runPlayer("gst-launch-1.0", [
    ...["-q", "playbin", `uri=${url}`],
    ...[`video-sink=${sink("md5")}`, `audio-sink=${sink("sha1")}`],
  ]);
  const seconds = (time: string): number =>
    time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  function track(hash: keyof typeof GSTREAMER_TRACKS): TrackTimes {
    const starts = [...finished.output.matchAll(GSTREAMER_TRACKS[hash])].map(([, start]) =>
      seconds(start!),
    );
    // Buffers of a track are equally long.
    const duration = (Math.max(...starts) - Math.min(...starts)) / (starts.length - 1);
    return timesOf(starts.map((start) => ({ start, duration })));
  }
  const video = track("md5");
  const audio = track("sha1");
  return requireFrames(
    {
      frames: video.count,
      videoEnd: video.end,
      audioEnd: audio.end,
      videoDelay: video.start - audio.start,
    },
    finished,
  );
}

const { ffmpeg: packagedFfmpeg } = packagedTools();

export const NATIVE_PLAYERS: NativePlayer[] = [
  {
    name: "ffmpeg of npm",
    command: packagedFfmpeg,
    debianPackage: "",
    play: (url) => playFfmpeg(packagedFfmpeg, url),
  },
  {
    name: "ffmpeg of Debian",
    command: "ffmpeg",
    debianPackage: "ffmpeg",
    play: (url) => playFfmpeg("ffmpeg", url),
  },
  { name: "mpv", command: "mpv", debianPackage: "mpv", play: playMpv },
  { name: "VLC", command: "cvlc", debianPackage: "vlc-bin vlc-plugin-base", play: playVlc },
  {
    name: "GStreamer",
    command: "gst-launch-1.0",
    debianPackage:
      "gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav",
    play: playGstreamer,
  },
];

/** The version of a player; null if it cannot be started on this computer. */
export async function versionOf({ command }: NativePlayer): Promise<string | null> {
  const flag = command.endsWith("ffmpeg") ? "-version" : "--version";
  const { output, exitCode } = await runPlayer(command, [flag], true);
  if (exitCode !== 0) return null;
  return /(?:version|mpv) (\S+)/.exec(output)?.[1] ?? "";
}
