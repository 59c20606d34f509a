import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { VideoChapters } from "../../workers/contract/chapters.ts";
import { Creator } from "../../workers/contract/creators.ts";
import { WatchSettings } from "../../workers/contract/library.ts";
import { PlaylistList, PlaylistPage } from "../../workers/contract/playlists.ts";
import { type VideoFile, VideoFileList } from "../../workers/contract/video-files.ts";
import { type Video, VideoPage } from "../../workers/contract/videos.ts";
import type { ApiClient } from "../api-client.ts";
import {
  Archive,
  ARCHIVE_FILE,
  type ArchivedFile,
  type ArchivedPlaylist,
  type ArchivedVideo,
  readJson,
  writeJson,
} from "./archive.ts";
import { fetchFile, sha256Of, sizeOf } from "./fetch-file.ts";
import { writeFile } from "node:fs/promises";

const PAGE = 100;

interface ExportOptions {
  /** Whether to include downloads and renditions; the source is enough to make them again. */
  withRenditions: boolean;
  report: (line: string) => void;
}

/**
 * Fetches a whole account into a folder: its videos with sources, captions, chapters and posters, its playlists and series,
 * its profile and settings. Files from an earlier run are kept.
 */
export async function exportAccount(
  api: ApiClient,
  folder: string,
  { withRenditions, report }: ExportOptions,
): Promise<Archive> {
  await mkdir(join(folder, "profile"), { recursive: true });
  const path = join(folder, ARCHIVE_FILE);
  const earlier = await readJson(path, Archive);
  if (earlier && earlier.origin !== api.origin)
    throw new Error(`${folder} has an export of ${earlier.origin}. Choose another folder.`);
  const known = new Map(
    (earlier?.videos ?? []).flatMap(({ source, poster, files }) =>
      [source, poster, ...files].flatMap((file) => (file ? [[file.path, file] as const] : [])),
    ),
  );
  const fetcher = { api, folder, known, retryMs: api.retry.retryMs };
  const archive: Archive = {
    format: 1,
    origin: api.origin,
    exportedAt: new Date().toISOString(),
    profile: await exportProfile(fetcher),
    settings: WatchSettings.parse(await api.call("GET", "/v1/me/watch-settings")),
    videos: [],
    playlists: await exportPlaylists(api),
  };
  const videos = await allVideos(api);
  for (const [index, video] of videos.entries()) {
    report(`${index + 1} of ${videos.length}: ${video.title}`);
    archive.videos.push(await exportVideo(fetcher, video, withRenditions));
    // An interrupted run leaves files that the next one need not fetch again.
    await writeJson(path, { ...archive, videos: withEarlier(archive.videos, earlier) });
  }
  await writeJson(path, archive);
  return archive;
}

function withEarlier(videos: ArchivedVideo[], earlier: Archive | null): ArchivedVideo[] {
  const done = new Set(videos.map(({ id }) => id));
  return [...videos, ...(earlier?.videos ?? []).filter(({ id }) => !done.has(id))];
}

interface Fetcher {
  api: ApiClient;
  folder: string;
  /** Files from earlier runs, by path. */
  known: ReadonlyMap<string, ArchivedFile>;
  retryMs: number;
}

async function allVideos(api: ApiClient): Promise<Video[]> {
  const videos: Video[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ creator: "me", sort: "oldest", limit: String(PAGE) });
    if (cursor) query.set("cursor", cursor);
    const page = VideoPage.parse(await api.call("GET", `/v1/videos?${query}`));
    videos.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return videos;
}

async function exportVideo(
  fetcher: Fetcher,
  video: Video,
  withRenditions: boolean,
): Promise<ArchivedVideo> {
  const { api, folder } = fetcher;
  const { id } = video;
  await mkdir(join(folder, "videos", id), { recursive: true });
  const [chapters, listed] = await Promise.all([
    api.call("GET", `/v1/videos/${id}/chapters`),
    api.call("GET", `/v1/videos/${id}/files`),
  ]);
  const { items } = VideoFileList.parse(listed);
  const source = items.find(({ kind }) => kind === "source");
  const captions: ArchivedVideo["captions"] = [];
  for (const language of video.captionLanguages)
    captions.push({ ...(await exportCaptions(fetcher, id, language)), language });
  const files: ArchivedVideo["files"] = [];
  if (withRenditions)
    for (const file of items.filter(({ kind }) => kind !== "source"))
      files.push({ ...(await exportFile(fetcher, id, file)), id: file.id });
  return {
    ...video,
    chapters: VideoChapters.parse(chapters).own,
    captions,
    poster:
      video.poster === null ? null : await fetchImage(fetcher, video.poster, `videos/${id}/poster`),
    source: source ? await exportFile(fetcher, id, source) : null,
    files,
  };
}

/** Fetches a file of a video unless an earlier run has done so. */
async function exportFile(
  { folder, known, retryMs }: Fetcher,
  videoId: string,
  { id, name, bytes, sha256, url }: VideoFile,
): Promise<ArchivedFile> {
  const path = `videos/${videoId}/${id}${extname(name).replaceAll(/[^\w.]/g, "")}`;
  const earlier = known.get(path);
  const isSame = earlier?.bytes === bytes && (sha256 === null || sha256 === earlier.sha256);
  if (earlier && isSame && (await sizeOf(join(folder, path))) === bytes) return earlier;
  return { path, ...(await fetchFile(url, join(folder, path), { bytes, sha256 }, retryMs)) };
}

/** @param url relative to the origin @param stem of the path, without an extension */
async function fetchImage(
  { api, folder, retryMs }: Fetcher,
  url: string,
  stem: string,
): Promise<ArchivedFile> {
  const path = `${stem}${extname(new URL(url, api.origin).pathname)}`;
  const unknown = { bytes: null, sha256: null };
  const absolute = new URL(url, api.origin).href;
  return { path, ...(await fetchFile(absolute, join(folder, path), unknown, retryMs)) };
}

async function exportCaptions(
  { api, folder }: Fetcher,
  id: string,
  language: string,
): Promise<ArchivedFile> {
  const path = `videos/${id}/captions.${language}.vtt`;
  await writeFile(join(folder, path), await api.readText(`/v1/videos/${id}/captions/${language}`));
  const file = join(folder, path);
  return { path, bytes: (await sizeOf(file)) ?? 0, sha256: await sha256Of(file) };
}

async function exportProfile(fetcher: Fetcher): Promise<Archive["profile"]> {
  const { about, links, avatar, banner } = Creator.parse(
    await fetcher.api.call("GET", "/v1/me/profile"),
  );
  const image = (url: string | null, name: string) =>
    url === null ? null : fetchImage(fetcher, url, `profile/${name}`);
  return {
    about,
    links: links as Archive["profile"]["links"],
    avatar: await image(avatar, "avatar"),
    banner: await image(banner, "banner"),
  };
}

async function exportPlaylists(api: ApiClient): Promise<ArchivedPlaylist[]> {
  const list = PlaylistList.parse(await api.call("GET", "/v1/playlists?creator=me"));
  const playlists: ArchivedPlaylist[] = [];
  for (const playlist of list.items) {
    const videos: ArchivedPlaylist["videos"] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
      const page = PlaylistPage.parse(
        await api.call("GET", `/v1/playlists/${playlist.id}?${query}`),
      );
      videos.push(...page.items.map(({ video, season }) => ({ id: video.id, season })));
      cursor = page.nextCursor;
    } while (cursor);
    playlists.push({ ...playlist, videos });
  }
  return playlists;
}
