import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Publication } from "../../../workers/contract/publications.ts";
import { renderLive } from "../../../workers/media/playlists/render.ts";
import {
  cutCaptions,
  parseCaptionSegmentPath,
} from "../../../workers/domain/captions/caption-segments.ts";
import { contentType } from "../../../workers/media/content-type.ts";
import { CONTENT_KEY_PATH } from "../../../workers/media/storage-keys.ts";
import { encryptVideoFile, type ServedFile } from "./encrypted-video.ts";
import { serveFolder } from "./file-server.ts";

/** The paths of the streams below `StreamServer.base`. */
export const STREAMS = {
  HLS: "p1/multivariant.m3u8",
  DASH: "p1/manifest.mpd",
  "HLS, encrypted": "encrypted/p1/multivariant.m3u8",
  "HLS, while playable": "event/multivariant.m3u8",
} as const;
export type StreamName = keyof typeof STREAMS;

/** How often the key and the EVENT playlists of renditions were requested. */
export interface StreamRequests {
  key: number;
  live: number;
}

interface StreamServer extends Disposable {
  origin: string;
  /** URL of the version's folder. */
  base: string;
  requests: StreamRequests;
}

/** Number of playlist requests after which the video that is still being encoded grows by a chunk. */
const REQUESTS_PER_CHUNK = 3;

/** The publication once `chunks` of each video rendition, and audio of the same length, are encoded. */
function encodedSoFar(publication: Publication, chunks: number): Publication {
  const live = publication.renditions.some(({ outputs }) => outputs.length > chunks);
  if (!live) return publication;
  // The second codec is encoded after the video is ready.
  const first = publication.renditions.filter(({ rendition }) =>
    ["h264", "aac"].includes(rendition.codec),
  );
  const renditions = first.map(({ rendition, outputs }) => {
    if (rendition.type === "video") return { rendition, outputs: outputs.slice(0, chunks) };
    return {
      rendition,
      outputs: outputs.map((output) => ({
        ...output,
        segments: output.segments.slice(0, 2 * chunks),
      })),
    };
  });
  return { ...publication, live, renditions };
}

/**
 * Serves the encoded video to one player, as HLS and DASH, encrypted, and as if it were still being encoded: it grows
 * while its EVENT playlists are requested, until it is complete.
 * @param extras other files by path
 */
export async function serveStreams(
  folder: string,
  publication: Publication,
  extras: ReadonlyMap<string, ServedFile> = new Map(),
): Promise<StreamServer> {
  const version = `/${publication.videoId}/1`;
  const encrypted = await encryptVideoFile(join(folder, version), publication);
  const requests = { key: 0, live: 0 };

  function livePlaylist(path: string): ReturnType<typeof renderLive> {
    if (!path.startsWith(`${version}/event/`)) return null;
    const name = path.slice(`${version}/event/`.length);
    if (/^(h264|audio)/.test(name)) requests.live += 1;
    const chunks = 1 + Math.floor(requests.live / REQUESTS_PER_CHUNK);
    return renderLive(encodedSoFar(publication, chunks), name);
  }
  function encryptedFile(path: string): ServedFile | undefined {
    if (!path.startsWith(`${version}/encrypted/`)) return undefined;
    const name = path.slice(`${version}/encrypted/`.length);
    if (name === CONTENT_KEY_PATH) requests.key += 1;
    return encrypted.get(name);
  }
  /** As the Worker makes them (workers/media/stored-media.ts). Captions are not encrypted. */
  function captionSegment(path: string): ServedFile | undefined {
    const segment = parseCaptionSegmentPath(path);
    if (segment === null) return undefined;
    const file = readFileSync(join(folder, segment.track.replace("/encrypted/", "/")), "utf8");
    return { body: Buffer.from(cutCaptions(file, segment)), contentType: contentType(path) };
  }
  const { server, url } = await serveFolder(folder, (path, response) => {
    const file =
      livePlaylist(path) ?? captionSegment(path) ?? encryptedFile(path) ?? extras.get(path);
    if (file === undefined) return false;
    response.writeHead(200, { "content-type": file.contentType }).end(file.body);
    return true;
  });
  return {
    origin: url,
    base: `${url}${version}`,
    requests,
    [Symbol.dispose]: () => void server.close(),
  };
}
