/** What can be lost from storage for good. The sentence is shown to the creator. */
const SENTENCES = {
  source_lost:
    "Your uploaded file is gone from storage. The video still plays, but it cannot be processed again: upload the file once more.",
  source_changed:
    "The stored copy of your uploaded file no longer matches its checksum. The video still plays, but upload the file once more to be safe.",
  media_lost:
    "Parts of this video are gone from storage, and it could not be made again. Upload the file once more.",
  captions_lost: "A caption file that you uploaded is gone from storage. Upload it again.",
} as const;

export type StorageProblem = keyof typeof SENTENCES;

export const STORAGE_PROBLEMS = Object.keys(SENTENCES) as [StorageProblem, ...StorageProblem[]];

/** Repaired automatically: parts were lost, and the video is encoded again from its source. */
const BEING_REMADE = {
  code: "being_remade",
  detail:
    "Parts of this video were lost from storage. It is being made again from your file, and plays as before when that is done. You have nothing to do.",
};

/**
 * What creators see about the stored objects of a video.
 * @param isRemade whether it is being encoded again because of lost objects
 */
export function shownProblem(
  problem: StorageProblem | null,
  isRemade: boolean,
): { code: string; detail: string } | null {
  if (problem !== null) return describeProblem(problem);
  return isRemade ? BEING_REMADE : null;
}

function describeProblem(code: StorageProblem): { code: string; detail: string } {
  return { code, detail: SENTENCES[code] };
}
