import type { TimelineTask } from "../../workers/contract/videos.ts";
import { clock, containerName } from "../format.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

type NamedTask = Pick<TimelineTask, "id" | "kind" | "name">;

interface TaskTitle {
  title: string;
  /** Tasks of one group share a track, cut into parts along the video. */
  group?: string;
  part?: number;
}

const TITLES_BY_KIND: Readonly<Record<string, PlainKey>> = {
  plan: "task.plan",
  remux: "task.remux",
  images: "task.images",
  captions: "task.captions",
  finish: "task.finish",
};

/**
 * Titles by task id, such as "Video, 240p, part 1 of 8". Task names come from containers/transcoder/plan/plan.ts and
 * workers/domain/downloads.ts, and workers/domain/tasks/edit-tasks.ts; an unknown name is its own title.
 */
export function taskTitles(tasks: readonly NamedTask[]): Map<string, string> {
  const titles = tasks.map((task) => ({ id: task.id, ...titleOf(task) }));
  const partCounts = new Map<string, number>();
  for (const { group, part } of titles)
    if (group && part) partCounts.set(group, Math.max(part, partCounts.get(group) ?? 1));
  return new Map(
    titles.map(({ id, title, group = "", part }) => {
      const count = partCounts.get(group) ?? 1;
      return [id, part && count > 1 ? t("task.part", { title, part, count }) : title];
    }),
  );
}

function titleOf({ kind, name }: NamedTask): TaskTitle {
  const [, chunk] = /^video (\d+)$/.exec(name) ?? [];
  if (chunk) return { title: t("task.video"), group: "video", part: Number(chunk) + 1 };

  const [, copied] = /^video copy (\d+)$/.exec(name) ?? [];
  if (copied) return { title: t("task.videoCopy"), group: "copy", part: Number(copied) + 1 };

  const [, height] = /^video 0 \w+-(\d+)$/.exec(name) ?? [];
  if (height) return { title: t("task.videoHeight", { height }), group: "video", part: 1 };

  const [others, set] = /^video 0 others(?: (\d+))?$/.exec(name) ?? [];
  if (others) {
    const title = set ? t("task.videoOthersSet", { set }) : t("task.videoOthers");
    return { title, group: "video", part: 1 };
  }

  const [, codec, codecChunk] = /^video ([a-z]\w+) (\d+)$/.exec(name) ?? [];
  if (codec)
    return {
      title: t("task.videoCodec", { codec: codec.toUpperCase() }),
      group: codec,
      part: Number(codecChunk) + 1,
    };

  const [, track, part = 1] = /^audio (\d+|opus)(?: part (\d+))?$/.exec(name) ?? [];
  if (track) return { title: audioTitle(track), group: `audio ${track}`, part: Number(part) };

  const [, format] = /^download (\w+)$/.exec(name) ?? [];
  if (format) return { title: t("task.download", { format: containerName(format) }) };

  const [, second] = /^images at ([\d.]+) s/.exec(name) ?? [];
  if (second) return { title: t("task.posterFrom", { time: clock(Number(second)) }) };

  if (name.startsWith("images from ")) return { title: t("task.posterUploaded") };

  const [, speechPart] = /^transcript part (\d+)/.exec(name) ?? [];
  if (speechPart)
    return {
      title: t("task.transcript"),
      group: `${name.split(", ")[1]}`,
      part: Number(speechPart),
    };

  const [, edited] = /^edit (\d+)$/.exec(name) ?? [];
  if (edited) return { title: t("task.edit"), group: "edit", part: Number(edited) + 1 };

  if (name === "edit join") return { title: t("task.editJoin") };

  const known = TITLES_BY_KIND[kind];
  return { title: known ? t(known) : name };
}

function audioTitle(track: string): string {
  if (track === "opus") return t("task.audioWebm");
  return track === "0" ? t("task.audio") : t("task.audioTrack", { track: Number(track) + 1 });
}
