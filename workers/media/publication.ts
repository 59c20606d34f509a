import type { Publication, PublishedOutput } from "../contract/publications.ts";
import type { Plan, RenditionOutput } from "../contract/transcodes.ts";
import { chunkFolder } from "./storage-keys.ts";

/** The output of one video or audio task: all of it when the task is done, or the output so far. */
export interface StoredMedia {
  attempt: number;
  outputs: Record<string, RenditionOutput>;
}

interface Assembly {
  video: Pick<Publication, "videoId" | "version" | "captions" | "chapters" | "live" | "encrypted">;
  plan: Plan;
  media: readonly StoredMedia[];
  /**
   * Renditions without a chunk, for now or permanently, because an optional one may fail. Only a live publication has
   * them.
   */
  incomplete: ReadonlySet<string>;
}

/**
 * Assembles the publication of a version from what its tasks have stored. In a live publication, each rendition has its
 * segments up to the first gap.
 */
export function assemblePublication({ video, plan, media, incomplete }: Assembly): Publication {
  const renditions = plan.renditions.flatMap((rendition) => {
    const outputs = contiguousOutputs(rendition.id, media);
    const isIncluded = outputs.length > 0 && (video.live || !incomplete.has(rendition.id));
    return isIncluded ? [{ rendition, outputs }] : [];
  });
  return { ...video, duration: plan.source.duration, grid: plan.grid, renditions };
}

/** Combines two publications of one version. Where both have a rendition, the later one counts. */
export function mergeRenditions(plan: Plan, earlier: Publication, later: Publication): Publication {
  const find = (from: Publication, id: string) =>
    from.renditions.find(({ rendition }) => rendition.id === id);
  const renditions = plan.renditions.flatMap(
    ({ id }) => find(later, id) ?? find(earlier, id) ?? [],
  );
  return { ...later, renditions };
}

/**
 * Watchable: it has the first segments of a video rendition and, if there is audio, of the default audio rendition. If
 * the source itself is a rendition, it and the lowest one are there: it is the first to be stored, and not every
 * connection carries it.
 */
export function hasFirstSegments(plan: Plan, { renditions }: Publication): boolean {
  const defaultAudio = plan.renditions.find(
    (rendition) => rendition.type === "audio" && rendition.isDefault,
  );
  const has = (id: string) => renditions.some(({ rendition }) => rendition.id === id);
  const videos = plan.renditions.filter((rendition) => rendition.type === "video");
  const copy = videos.find(({ isCopy }) => isCopy);
  const [lowest] = videos;
  const hasVideo =
    copy && lowest ? has(copy.id) && has(lowest.id) : videos.some(({ id }) => has(id));
  return hasVideo && (!defaultAudio || has(defaultAudio.id));
}

function contiguousOutputs(rendition: string, media: readonly StoredMedia[]): PublishedOutput[] {
  const stored = media
    .flatMap(({ attempt, outputs }) => {
      const output = outputs[rendition];
      return output
        ? [{ ...output, folder: chunkFolder(rendition, output.firstSegment, attempt) }]
        : [];
    })
    .sort((left, right) => left.firstSegment - right.firstSegment);
  const outputs: PublishedOutput[] = [];
  for (const output of stored) {
    if (output.firstSegment !== segmentCount(outputs)) break;
    outputs.push(output);
  }
  return outputs;
}

function segmentCount(outputs: readonly PublishedOutput[]): number {
  return outputs.reduce((sum, { segments }) => sum + segments.length, 0);
}
