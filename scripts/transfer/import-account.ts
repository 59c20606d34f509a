import { openAsBlob } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { type Video, Video as VideoSchema } from "../../workers/contract/videos.ts";
import { Playlist } from "../../workers/contract/playlists.ts";
import type { ApiClient } from "../api-client.ts";
import { uploadFile } from "../upload-file.ts";
import {
  type Archive,
  type ArchivedFile,
  type ArchivedPlaylist,
  type ArchivedVideo,
  readArchive,
  readJson,
  writeJson,
} from "./archive.ts";
import { sha256Of } from "./fetch-file.ts";

const POLL_MS = 2_000;

/**
 * What has been imported, by its id in the export. It is stored next to the export, so that a run continues where the
 * last one was interrupted.
 */
const Progress = z.object({
  videos: z.record(z.string(), z.object({ id: z.string(), done: z.boolean() })),
  playlists: z.record(z.string(), z.object({ id: z.string(), done: z.boolean() })),
});
type Progress = z.infer<typeof Progress>;

interface Import {
  api: ApiClient;
  folder: string;
  progress: Progress;
  save: () => Promise<void>;
  report: (line: string) => void;
}

/**
 * Uploads an export to the account of the client, through the public API: sources with all their metadata, captions,
 * chapters, posters, playlists, series, profile and settings. Videos are private until they are complete.
 * @returns what could not be imported, one sentence each
 */
export async function importAccount(
  api: ApiClient,
  folder: string,
  report: (line: string) => void,
): Promise<string[]> {
  const archive = await readArchive(folder);
  const path = join(folder, `import.${new URL(api.origin).host.replaceAll(":", "-")}.json`);
  const progress = (await readJson(path, Progress)) ?? { videos: {}, playlists: {} };
  const work = { api, folder, progress, save: () => writeJson(path, progress), report };
  const failures: string[] = [];
  const attempt = async (what: string, step: () => Promise<void>) => {
    try {
      await step();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      report(failures.at(-1)!);
    }
  };
  await attempt("Profile", () => importProfile(work, archive));
  for (const video of archive.videos) await attempt(video.title, () => uploadVideo(work, video));
  // They are transcoded in the meantime, several at once.
  for (const video of archive.videos) await attempt(video.title, () => completeVideo(work, video));
  for (const playlist of archive.playlists)
    await attempt(playlist.title, () => importPlaylist(work, playlist));
  return failures;
}

/** A file of the export, which must be unchanged since it was fetched. */
async function openFile(
  { folder }: Import,
  { path, sha256 }: ArchivedFile,
  type: string,
): Promise<Blob> {
  const file = join(folder, path);
  if ((await sha256Of(file)) !== sha256)
    throw new Error(`${path} has changed since it was exported.`);
  return openAsBlob(file, { type });
}

async function uploadVideo(work: Import, video: ArchivedVideo): Promise<void> {
  const { api, folder, progress, report } = work;
  if (progress.videos[video.id] || !video.source) return;
  await openFile(work, video.source, "");
  const { description, category, tags, people, encrypted, alwaysEncode } = video;
  report(`${video.title}: uploading ${(video.source.bytes / 1e6).toFixed(1)} MB`);
  const metadata = {
    ...{ title: video.title, description, category, tags, people, encrypted, alwaysEncode },
    ...(video.language && { language: video.language }),
    ...(video.maturityRating && { maturityRating: video.maturityRating }),
    visibility: "private" as const,
  };
  const id = await uploadFile(api, join(folder, video.source.path), metadata, () => undefined);
  progress.videos[video.id] = { id, done: false };
  await work.save();
}

/** Adds everything that requires a transcoded video, and restores its visibility. */
async function completeVideo(work: Import, video: ArchivedVideo): Promise<void> {
  const { api, progress, report } = work;
  const imported = progress.videos[video.id];
  if (!imported || imported.done) return;
  const { id } = imported;
  const { state, error } = await untilEncoded(api, id);
  if (state === "failed") throw new Error(`not transcoded. ${error?.detail ?? ""}`);
  for (const track of video.captions)
    await api.putFile(
      `/v1/videos/${id}/captions/${track.language}`,
      await openFile(work, track, "text/vtt"),
    );
  if (video.chapters) await api.call("PUT", `/v1/videos/${id}/chapters`, { own: video.chapters });
  if (video.poster)
    await api.putFile(
      `/v1/videos/${id}/poster/file`,
      await openFile(work, video.poster, imageType(video.poster)),
    );
  const isAhead = (time: string | null) => time !== null && Date.parse(time) > Date.now();
  await api.call("PATCH", `/v1/videos/${id}`, {
    downloadsEnabled: video.downloadsEnabled,
    ...(video.playbackRules && { playbackRules: video.playbackRules }),
    visibility: video.visibility,
    ...(isAhead(video.publishAt) && { publishAt: video.publishAt }),
    ...(isAhead(video.unpublishAt) && { unpublishAt: video.unpublishAt }),
  });
  imported.done = true;
  await work.save();
  report(`${video.title}: ${api.origin}/watch/${id}`);
}

const imageType = ({ path }: ArchivedFile): string =>
  `image/${basename(path).split(".").at(-1)!.replace("jpg", "jpeg")}`;

async function untilEncoded(api: ApiClient, id: string): Promise<Video> {
  for (;;) {
    const video = VideoSchema.parse(await api.call("GET", `/v1/videos/${id}`));
    if (video.state === "ready" || video.state === "failed") return video;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Videos of other accounts in a playlist exist only on the old instance, so they are left out. */
async function importPlaylist(work: Import, playlist: ArchivedPlaylist): Promise<void> {
  const { api, progress, report } = work;
  const { kind, title, description, visibility } = playlist;
  let imported = progress.playlists[playlist.id];
  if (imported?.done) return;
  if (!imported) {
    const body = { kind, title, description, visibility };
    const { id } = Playlist.parse(await api.call("POST", "/v1/playlists", body));
    imported = progress.playlists[playlist.id] = { id, done: false };
    await work.save();
  }
  let after: string | null = null;
  for (const { id: oldId, season } of playlist.videos) {
    const id = progress.videos[oldId]?.id;
    if (id === undefined) continue;
    const place = kind === "series" ? { after, season } : { after };
    await api.call("PUT", `/v1/playlists/${imported.id}/videos/${id}`, place);
    after = id;
  }
  imported.done = true;
  await work.save();
  report(`${title}: ${api.origin}/playlist/${imported.id}`);
}

async function importProfile(work: Import, { profile, settings }: Archive): Promise<void> {
  const { api } = work;
  const { about, links, avatar, banner } = profile;
  await api.call("PUT", "/v1/me/profile", { about, links });
  for (const [kind, file] of Object.entries({ avatar, banner }))
    if (file)
      await api.putFile(`/v1/me/profile/images/${kind}`, await openFile(work, file, "image/jpeg"));
  await api.call("PATCH", "/v1/me/watch-settings", settings);
}
