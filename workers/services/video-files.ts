import type { Publication } from "../contract/publications.ts";
import type { Rendition } from "../contract/transcodes.ts";
import type { VideoFile, VideoFileList } from "../contract/video-files.ts";
import { catalog } from "../db/client.ts";
import { type Playable, readPlayable } from "../db/playback.ts";
import { findVideo, type VideoRow } from "../db/videos.ts";
import { AppError } from "../domain/errors.ts";
import { fileToken, isFileToken } from "../domain/file-link.ts";
import { attachment, extensionOf, fileNameOf } from "../domain/file-names.ts";
import type { Principal } from "../domain/principal.ts";
import { hashSecret } from "../domain/secret.ts";
import { INIT_SEGMENT_NAME, segmentName } from "../domain/tasks/segment-names.ts";
import { contentType } from "../media/content-type.ts";
import { deliver } from "../media/deliver.ts";
import { statObject } from "../media/objects.ts";
import { type FilePiece, readStitched } from "../media/stitched-file.ts";
import {
  filesFolder,
  publicationIndexKey,
  uploadedSource,
  versionPrefix,
} from "../media/storage-keys.ts";
import { readPublication } from "../media/stored-publication.ts";
import { authorizedVideo } from "./authorized-video.ts";

type FilesEnv = Pick<Env, "CATALOG" | "MEDIA" | "BETTER_AUTH_SECRET" | "PUBLIC_ORIGIN">;

/** Long enough for the largest files on a slow connection; a client that needs longer requests new links and resumes. */
const LINK_LIFETIME_MS = 24 * 3_600_000;

/** A stored file of a video. */
interface StoredFile extends Omit<VideoFile, "url"> {
  contentType: string;
  pieces: FilePiece[];
}

/**
 * All files of a video that its creator can take back: the source, the downloads that were made, and each rendition of the
 * stream. The segments of an encrypted video are stored encrypted, so it has its source only.
 */
export async function listVideoFiles(
  env: FilesEnv,
  principal: Principal,
  videoId: string,
): Promise<VideoFileList> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "files.list", videoId);
  const until = Date.now() + LINK_LIFETIME_MS;
  const files = await filesOf(env, await readPlayable(db, videoId));
  return {
    items: await Promise.all(
      files.map(async ({ contentType: _type, pieces: _pieces, ...file }) => ({
        ...file,
        url: await linkTo(env, { videoId, fileId: file.id, until }),
      })),
    ),
    expiresAt: new Date(until).toISOString(),
  };
}

/** The absolute link of a file of a video. */
async function linkTo(
  env: Pick<Env, "BETTER_AUTH_SECRET" | "PUBLIC_ORIGIN">,
  file: { videoId: string; fileId: string; until: number },
): Promise<string> {
  const token = await fileToken(env.BETTER_AUTH_SECRET, file);
  return `${env.PUBLIC_ORIGIN}/v1/videos/${file.videoId}/files/${file.fileId}?token=${token}`;
}

/** Links to the sources of an account's videos, for its export. */
export function sourceLink(
  env: Pick<Env, "BETTER_AUTH_SECRET" | "PUBLIC_ORIGIN">,
  videoId: string,
): Promise<string> {
  const until = Date.now() + LINK_LIFETIME_MS;
  return linkTo(env, { videoId, fileId: SOURCE, until });
}

/**
 * Serves a file, or ranges of it, to anyone with its link, until the link expires or the video is deleted.
 * @throws AppError forbidden, not_found, storage_unavailable
 */
export async function serveVideoFile(
  env: FilesEnv,
  request: Request,
  { videoId, fileId, token }: { videoId: string; fileId: string; token: string },
): Promise<Response> {
  if (!(await isFileToken(env.BETTER_AUTH_SECRET, { videoId, fileId }, token, Date.now())))
    throw new AppError("forbidden", "This link is not complete or has expired. Get a new one.");
  const db = catalog(env);
  const row = await findVideo(db, videoId);
  if (!row || row.deletedAt !== null) throw noSuchFile();
  const files =
    fileId === SOURCE ? sourceOf(row, null) : await filesOf(env, await readPlayable(db, videoId));
  const file = files.find(({ id }) => id === fileId);
  if (!file) throw noSuchFile();
  const etag = await etagOf(env, file);
  return deliver(request, {
    size: file.bytes,
    etag,
    contentType: file.contentType,
    cacheControl: "private, no-store",
    headers: { "content-disposition": attachment(file.name) },
    open: async (range = { offset: 0, length: file.bytes }) =>
      readStitched(env, file.pieces, range),
  });
}

const noSuchFile = (): AppError => new AppError("not_found", "This video has no such file.");

/** Stored objects are never replaced, so the same keys are the same bytes. */
async function etagOf(env: Pick<Env, "MEDIA">, { pieces }: StoredFile): Promise<string> {
  const isStored = pieces[0] && (await statObject(env, pieces[0].key));
  if (!isStored) throw new AppError("storage_unavailable", "The storage does not have this file.");
  return `"${await hashSecret(pieces.map(({ key }) => key).join("\n"))}"`;
}

const SOURCE = "source";

async function filesOf(
  env: Pick<Env, "MEDIA">,
  { row, extras, downloads }: Pick<Playable, "row" | "extras" | "downloads">,
): Promise<StoredFile[]> {
  if (!row) return [];
  return [
    ...sourceOf(row, extras?.stored?.sha256 ?? null),
    ...(row.encrypted ? [] : downloadsOf(row, downloads)),
    ...(row.encrypted ? [] : await renditionsOf(env, row)),
  ];
}

const NO_DETAILS = { sha256: null, height: null, codec: null, language: null };

/** Whether the uploaded file of a video can be taken back. */
export function hasSource({ sourceKey, state, deletedAt }: VideoRow): boolean {
  return sourceKey !== null && state !== "uploading" && deletedAt === null;
}

function sourceOf(row: VideoRow, sha256: string | null): StoredFile[] {
  const { sourceKey, sourceBytes: bytes, title } = row;
  if (sourceKey === null || !hasSource(row)) return [];
  return [
    {
      ...NO_DETAILS,
      ...{ id: SOURCE, kind: "source", bytes, sha256 },
      name: fileNameOf(title, extensionOf(row.contentType)),
      contentType: row.contentType || "application/octet-stream",
      pieces: [{ key: uploadedSource(sourceKey), bytes }],
    },
  ];
}

function downloadsOf(row: VideoRow, downloads: Playable["downloads"]): StoredFile[] {
  const { id: videoId, version, title } = row;
  return downloads.flatMap(({ id, attempt, spec, result }) => {
    if (spec.kind !== "download" || result?.kind !== "download") return [];
    const { file, bytes } = result;
    return {
      ...NO_DETAILS,
      ...({ id: `download-${spec.format}`, kind: "download", bytes } as const),
      name: fileNameOf(title, `.${spec.format}`),
      contentType: contentType(file),
      pieces: [
        { key: `${versionPrefix(videoId, version)}${filesFolder(id, attempt)}/${file}`, bytes },
      ],
    };
  });
}

/** The renditions of a video that is ready, each as its init segment and all of its segments. */
async function renditionsOf(env: Pick<Env, "MEDIA">, row: VideoRow): Promise<StoredFile[]> {
  const { id, version, publication, title } = row;
  if (row.state !== "ready" || publication === 0) return [];
  const published = await readPublication(env, publicationIndexKey(id, version, publication));
  return (published?.renditions ?? []).map(({ rendition, outputs }) => {
    const pieces = piecesOfRendition(versionPrefix(id, version), outputs);
    return {
      ...NO_DETAILS,
      ...detailsOf(rendition),
      ...({ id: rendition.id, kind: "rendition" } as const),
      name: fileNameOf(title, `.${rendition.id}${isAac(rendition) ? ".m4a" : ".mp4"}`),
      bytes: pieces.reduce((sum, piece) => sum + piece.bytes, 0),
      contentType: rendition.type === "audio" ? "audio/mp4" : "video/mp4",
      pieces,
    };
  });
}

const isAac = (rendition: Rendition): boolean =>
  rendition.type === "audio" && rendition.codec === "aac";

const detailsOf = (rendition: Rendition): Pick<VideoFile, "codec"> & Partial<VideoFile> =>
  rendition.type === "audio"
    ? { codec: rendition.codec, language: rendition.language }
    : { codec: rendition.codec, height: rendition.height };

/**
 * The init segments of all chunks are identical if players can continue from one chunk to the next, so the first is
 * enough.
 */
function piecesOfRendition(
  prefix: string,
  outputs: Publication["renditions"][number]["outputs"],
): FilePiece[] {
  const [first] = outputs;
  if (!first) return [];
  const init = { key: `${prefix}${first.folder}/${INIT_SEGMENT_NAME}`, bytes: first.initBytes };
  return [
    init,
    ...outputs.flatMap(({ folder, firstSegment, segments }) =>
      segments.map(({ bytes }, index) => ({
        key: `${prefix}${folder}/${segmentName(firstSegment + index)}`,
        bytes,
      })),
    ),
  ];
}
