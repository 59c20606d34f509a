/** What can be lost from storage permanently. The sentence is shown to the creator. */
const SENTENCES = {
  source_lost:
    "Your uploaded file is missing from storage. The video still plays, but it cannot be processed again: upload the file again.",
  source_changed:
    "The stored copy of your uploaded file no longer matches its checksum. The video still plays, but upload the file again to be safe.",
  media_lost:
    "Parts of this video are missing from storage, and could not be recreated. Upload the file again.",
  captions_lost: "A caption file that you uploaded is missing from storage. Upload it again.",
} as const;

export type StorageProblem = keyof typeof SENTENCES;

export const STORAGE_PROBLEMS = Object.keys(SENTENCES) as [StorageProblem, ...StorageProblem[]];

/** Repaired automatically: parts were lost, and the video is encoded again from its source. */
const BEING_REMADE = {
  code: "being_remade",
  detail:
    "Parts of this video were lost from storage. They are being recreated from your file. You do not need to do anything.",
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
