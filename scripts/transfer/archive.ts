import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Chapter } from "../../workers/contract/chapters.ts";
import { Id, Language } from "../../workers/contract/common.ts";
import { CreatorProfileUpdate } from "../../workers/contract/creators.ts";
import { WatchSettings } from "../../workers/contract/library.ts";
import { Playlist } from "../../workers/contract/playlists.ts";
import { Video } from "../../workers/contract/videos.ts";

/** Stored in the folder of an export, beside the files that it names. */
export const ARCHIVE_FILE = "kinora-export.json";

/** A file of an export. `path` is relative to its folder. */
const ArchivedFile = z.object({
  path: z.string().regex(/^(?:videos\/\w{22}|profile)\/[\w.-]+$/),
  bytes: z.int(),
  sha256: z.string(),
});
export type ArchivedFile = z.infer<typeof ArchivedFile>;

const ArchivedVideo = Video.pick({
  id: true,
  title: true,
  description: true,
  category: true,
  tags: true,
  people: true,
  language: true,
  maturityRating: true,
  visibility: true,
  downloadsEnabled: true,
  encrypted: true,
  alwaysEncode: true,
  playbackRules: true,
  duration: true,
  views: true,
  likes: true,
  createdAt: true,
  publishedAt: true,
  publishAt: true,
  unpublishAt: true,
}).extend({
  /** The creator's list; null if the chapters come from the description or the file. */
  chapters: z.array(Chapter).nullable(),
  captions: z.array(ArchivedFile.extend({ language: Language })),
  poster: ArchivedFile.nullable(),
  /** Null for a video whose upload is not complete. */
  source: ArchivedFile.nullable(),
  /** Downloads and renditions, if requested. */
  files: z.array(ArchivedFile.extend({ id: z.string() })),
});
export type ArchivedVideo = z.infer<typeof ArchivedVideo>;

const ArchivedPlaylist = Playlist.pick({
  id: true,
  kind: true,
  title: true,
  description: true,
  visibility: true,
  createdAt: true,
}).extend({ videos: z.array(z.object({ id: Id, season: z.int() })) });
export type ArchivedPlaylist = z.infer<typeof ArchivedPlaylist>;

/** An account as `npm run export` writes it and `npm run import` reads it. */
export const Archive = z.object({
  format: z.literal(1),
  /** The instance that it comes from. */
  origin: z.string(),
  exportedAt: z.string(),
  profile: CreatorProfileUpdate.extend({
    avatar: ArchivedFile.nullable(),
    banner: ArchivedFile.nullable(),
  }),
  settings: WatchSettings,
  videos: z.array(ArchivedVideo),
  playlists: z.array(ArchivedPlaylist),
});
export type Archive = z.infer<typeof Archive>;

/** Writes JSON atomically, so that a reader finds either the old file or the new one. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** The JSON in a file; null if there is none. @throws ZodError for unexpected content */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? null : schema.parse(JSON.parse(text));
}

/** @throws Error if the folder has no export */
export async function readArchive(folder: string): Promise<Archive> {
  const archive = await readJson(join(folder, ARCHIVE_FILE), Archive);
  if (!archive) throw new Error(`There is no ${ARCHIVE_FILE} in ${folder}.`);
  return archive;
}
