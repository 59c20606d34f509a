import { peekInput, type TaskRun } from "../runtime/task-run.ts";
import { demuxerOf } from "./accepted-formats.ts";
import type { ContainerTrack } from "./container-track.ts";
import type { Probed } from "./ffprobe-output.ts";
import { matroskaVideoTracks } from "./matroska-tracks.ts";
import { mp4VideoTracks } from "./mp4-tracks.ts";

function readTracks(
  run: TaskRun,
  demuxer: string | undefined,
  size: number,
): Promise<(ContainerTrack | undefined)[]> {
  async function read(start: number, length: number): Promise<Buffer> {
    if (start >= size || length <= 0) return Buffer.alloc(0);
    return (await peekInput(run, "source", length, start)).bytes;
  }
  if (demuxer === "mov") return mp4VideoTracks(read, size);
  return demuxer === "matroska" ? matroskaVideoTracks(read) : Promise.resolve([]);
}

/** Adds the container's facts to each video track. Attached pictures come after the tracks. */
export async function addContainerTracks(
  run: TaskRun,
  probed: Probed,
  size: number,
): Promise<Probed> {
  const tracks = await readTracks(run, demuxerOf(probed.format.format_name), size);
  let position = 0;
  const streams = probed.streams.map((stream) => {
    const isTrack = stream.codec_type === "video" && stream.disposition["attached_pic"] !== 1;
    const containerTrack = isTrack ? tracks[position++] : undefined;
    return containerTrack === undefined ? stream : { ...stream, containerTrack };
  });
  return { ...probed, streams };
}
