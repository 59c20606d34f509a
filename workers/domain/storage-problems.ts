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

export function describeProblem(code: StorageProblem): { code: string; detail: string } {
  return { code, detail: SENTENCES[code] };
}
