import type { CreatorImageKind } from "../contract/creators.ts";
import { AppError } from "../domain/errors.ts";
import { deliver, serveRead } from "./deliver.ts";
import { accountImageKey } from "./storage-keys.ts";

type MediaEnv = Pick<Env, "MEDIA">;

const CREATOR_IMAGES_PATH = "/images/creators/";
const IMAGE_PATH = /^([0-9A-Za-z]{22})\/((?:avatar|banner)\.[0-9A-Za-z]{22}\.jpg)$/;
const CONTENT_TYPE = "image/jpeg";
/** A day, since a file never changes: another image is another file. Not longer, since an account may be deleted. */
const CACHE_CONTROL = "public, max-age=86400, immutable";

/** @param file as the catalogue records it */
export function creatorImageUrl(ownerId: string, file: string | null): string | null {
  return file === null ? null : `${CREATOR_IMAGES_PATH}${ownerId}/${file}`;
}

export const creatorImageFile = (kind: CreatorImageKind, revision: string): string =>
  `${kind}.${revision}.jpg`;

export async function putCreatorImage(
  env: MediaEnv,
  ownerId: string,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  const httpMetadata = { contentType: CONTENT_TYPE };
  await env.MEDIA.put(accountImageKey(ownerId, file), bytes, { httpMetadata });
}

/** Serves `/images/creators/{account}/{file}` to everyone. @returns null for another path */
export function serveCreatorImage(
  request: Request,
  pathname: string,
  env: MediaEnv,
): Promise<Response> | null {
  if (!pathname.startsWith(CREATOR_IMAGES_PATH)) return null;
  return serveRead(request, async () => {
    const [, ownerId, file] = IMAGE_PATH.exec(pathname.slice(CREATOR_IMAGES_PATH.length)) ?? [];
    const object = ownerId && file && (await env.MEDIA.get(accountImageKey(ownerId, file)));
    if (!object) throw new AppError("not_found", "This image does not exist.");
    const bytes = await object.arrayBuffer();
    return deliver(request, {
      size: object.size,
      etag: object.httpEtag,
      contentType: CONTENT_TYPE,
      cacheControl: CACHE_CONTROL,
      open: async (range) =>
        range ? bytes.slice(range.offset, range.offset + range.length) : bytes,
    });
  });
}
