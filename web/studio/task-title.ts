import type { TimelineTask } from "../../workers/contract/video.ts";

const BY_KIND: Readonly<Record<string, string>> = {
  plan: "Looking at the film",
  remux: "Putting the file in order",
  images: "Poster and preview pictures",
  captions: "Subtitles in the file",
  finish: "Publishing",
};

/**
 * What a task does, in a creator's words. Names come from the plan (containers/transcoder/plan/plan.ts):
 * `video 0 h264-360`, `video 0 others`, `video 3`, `audio 0`, `audio 0 part 2`, `download mp4`. One that says more than this knows is shown as it is.
 */
export function taskTitle({ kind, name }: Pick<TimelineTask, "kind" | "name">): string {
  const opening = /^video 0 \w+-(\d+)$/.exec(name);
  if (opening) return `Opening, ${opening[1]}p`;
  if (name === "video 0 others") return "Opening, other sizes";
  const part = /^video (\d+)$/.exec(name);
  if (part) return `Picture, part ${Number(part[1])}`;
  const modern = /^video ([a-z]\w+) (\d+)$/.exec(name);
  if (modern) return `${modern[1]?.toUpperCase()}, part ${Number(modern[2]) + 1}`;
  const sound = /^audio (\d+|opus)(?: (part \d+))?$/.exec(name);
  if (sound) {
    const [, track, piece] = sound;
    const heard = track === "0" ? "Sound" : `Sound, track ${Number(track) + 1}`;
    return [track === "opus" ? "Sound for WebM" : heard, ...(piece ? [piece] : [])].join(", ");
  }
  const download = /^download (\w+)$/.exec(name);
  if (download) return `Download, ${download[1]?.toUpperCase()}`;
  return BY_KIND[kind] ?? name;
}
