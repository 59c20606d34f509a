import type { Publication, PublishedOutput } from "../contract/publication.ts";
import type { Plan, RenditionOutput } from "../contract/transcode.ts";
import { chunkFolder } from "./keys.ts";

/** What one media task has stored: all of it when it is done, so far while it runs. */
export interface StoredMedia {
  attempt: number;
  outputs: Record<string, RenditionOutput>;
}

interface Assembly {
  video: Pick<Publication, "videoId" | "version" | "captions" | "live" | "encrypted">;
  plan: Plan;
  media: readonly StoredMedia[];
  /** Renditions that still miss a chunk, or always will: an extra may fail. They are shown only while it is live. */
  incomplete: ReadonlySet<string>;
}

/**
 * Puts a version's publication together from what its tasks have stored. While it is live, a rendition shows its
 * segments up to the first gap.
 */
export function assemblePublication({ video, plan, media, incomplete }: Assembly): Publication {
  const renditions = plan.renditions.flatMap((rendition) => {
    const outputs = contiguous(rendition.id, media);
    const shown = outputs.length > 0 && (video.live || !incomplete.has(rendition.id));
    return shown ? [{ rendition, outputs }] : [];
  });
  return { ...video, duration: plan.source.duration, grid: plan.grid, renditions };
}

/** A later publication of the same version: what the earlier one had, with what is new or newer. */
export function mergeRenditions(plan: Plan, earlier: Publication, later: Publication): Publication {
  const find = (from: Publication, id: string) =>
    from.renditions.find(({ rendition }) => rendition.id === id);
  const renditions = plan.renditions.flatMap(
    ({ id }) => find(later, id) ?? find(earlier, id) ?? [],
  );
  return { ...later, renditions };
}

/** Watchable: the first segments of one picture and, where there is sound, of the default track. */
export function isPlayable(plan: Plan, { renditions }: Publication): boolean {
  const sound = plan.renditions.find(
    (rendition) => rendition.type === "audio" && rendition.isDefault,
  );
  return (
    renditions.some(({ rendition }) => rendition.type === "video") &&
    (!sound || renditions.some(({ rendition }) => rendition.id === sound.id))
  );
}

function contiguous(rendition: string, media: readonly StoredMedia[]): PublishedOutput[] {
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

const segmentCount = (outputs: readonly PublishedOutput[]): number =>
  outputs.reduce((sum, { segments }) => sum + segments.length, 0);
