import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Publication } from "../../../workers/contract/publications.ts";
import { encryptedStart, encryptSegment } from "../../../workers/media/content-key.ts";
import { contentType } from "../../../workers/media/content-type.ts";
import {
  encryptedFrameName,
  INIT_SEGMENT_NAME,
  segmentName,
} from "../../../workers/domain/tasks/segment-names.ts";
import { CONTENT_KEY_PATH } from "../../../workers/media/storage-keys.ts";
import { renderPublication } from "../../../workers/media/playlists/render.ts";

export interface ServedFile {
  body: Uint8Array;
  contentType: string;
}

/**
 * Encrypts the video, as if its creator had chosen encryption: segments like task storage, playlists like `finish`, and
 * the key at the path where the gate serves it.
 * @param folder of the version, with the video in the clear
 * @returns files by their path below the version
 */
export async function encryptVideoFile(
  folder: string,
  publication: Publication,
): Promise<Map<string, ServedFile>> {
  const key = crypto.getRandomValues(new Uint8Array(16));
  const files = new Map<string, ServedFile>();
  const add = (path: string, body: Uint8Array): void =>
    void files.set(path, { body, contentType: contentType(path) });
  const stored = (path: string): Promise<Uint8Array<ArrayBuffer>> =>
    readFile(join(folder, path)).then((bytes) => Uint8Array.from(bytes));

  for (const output of publication.renditions.flatMap(({ outputs }) => outputs)) {
    const init = `${output.folder}/${INIT_SEGMENT_NAME}`;
    add(init, await stored(init));
    for (const [offset, { keyframe }] of output.segments.entries()) {
      const index = output.firstSegment + offset;
      const path = `${output.folder}/${segmentName(index)}`;
      const segment = new Uint8Array(await encryptSegment(key, index, await stored(path)));
      add(path, segment);
      const [, frameBytes] = keyframe ?? [];
      if (frameBytes === undefined) continue;
      const frame = await encryptedStart(key, segment, frameBytes);
      if (frame !== null) add(encryptedFrameName(path, frameBytes), frame);
    }
  }
  for (const { path } of publication.captions) add(path, await stored(path));
  for (const { name, body } of renderPublication({ ...publication, encrypted: true }))
    add(`p1/${name}`, new TextEncoder().encode(body));
  add(CONTENT_KEY_PATH, key);
  return files;
}
