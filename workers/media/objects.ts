type MediaEnv = Pick<Env, "MEDIA">;

/** The size in bytes and the ETag (without quotes) of a stored object; null when there is none. */
export async function statObject(
  env: MediaEnv,
  key: string,
): Promise<{ size: number; etag: string } | null> {
  const head = await env.MEDIA.head(key);
  return head && { size: head.size, etag: head.etag };
}

export async function deleteObject(env: MediaEnv, key: string): Promise<void> {
  await env.MEDIA.delete(key);
}

/** Deletes everything below a prefix, page by page: R2 lists and deletes a thousand keys per call. */
export async function deletePrefix(env: MediaEnv, prefix: string): Promise<void> {
  let page: R2Objects;
  do {
    // No cursor: the keys listed before are gone.
    page = await env.MEDIA.list({ prefix });
    if (page.objects.length > 0) await env.MEDIA.delete(page.objects.map((object) => object.key));
  } while (page.truncated);
}

/**
 * Deletes the objects below a prefix that `isKept` rejects.
 * @returns how many were deleted
 */
export async function deleteUnder(
  env: MediaEnv,
  prefix: string,
  isKept: (key: string) => boolean,
): Promise<number> {
  let deleted = 0;
  let page: R2Objects | undefined;
  do {
    page = await env.MEDIA.list({ prefix, cursor: page?.truncated ? page.cursor : undefined });
    const keys = page.objects.map((object) => object.key).filter((key) => !isKept(key));
    if (keys.length > 0) await env.MEDIA.delete(keys);
    deleted += keys.length;
  } while (page.truncated);
  return deleted;
}

/** Size and time of every object below a prefix, by key. */
export async function objectsUnder(
  env: MediaEnv,
  prefix: string,
): Promise<Map<string, { size: number; uploaded: Date }>> {
  const found = new Map<string, { size: number; uploaded: Date }>();
  let page: R2Objects | undefined;
  do {
    page = await env.MEDIA.list({ prefix, cursor: page?.truncated ? page.cursor : undefined });
    for (const { key, size, uploaded } of page.objects) found.set(key, { size, uploaded });
  } while (page.truncated);
  return found;
}

/** Whether an object has the MD5 that the storage recorded when it was stored; true where it recorded none. */
export async function isIntact(env: MediaEnv, key: string): Promise<boolean> {
  const object = await env.MEDIA.get(key);
  if (!object) return false;
  const { md5 } = object.checksums;
  if (!md5) {
    await object.body.cancel();
    return true;
  }
  const actual = new Uint8Array(await crypto.subtle.digest("MD5", await object.arrayBuffer()));
  const recorded = new Uint8Array(md5);
  return actual.every((byte, index) => byte === recorded[index]);
}

/** Reads a small object as text; null when there is none. */
export async function readText(env: MediaEnv, key: string): Promise<string | null> {
  const object = await env.MEDIA.get(key);
  return object && object.text();
}

/** Reads a small object; null when there is none. */
export async function readBytes(env: MediaEnv, key: string): Promise<ArrayBuffer | null> {
  const object = await env.MEDIA.get(key);
  return object && object.arrayBuffer();
}

/**
 * Like `readText`, but only if `isWanted` accepts the size of the object.
 * @returns undefined for an object that was not wanted
 */
export async function readTextIf(
  env: MediaEnv,
  key: string,
  isWanted: (bytes: number) => boolean,
): Promise<string | null | undefined> {
  const object = await env.MEDIA.get(key);
  if (!object || isWanted(object.size)) return object && object.text();
  await object.body.cancel();
  return undefined;
}

export async function putBytes(
  env: MediaEnv,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<void> {
  await env.MEDIA.put(key, bytes, { httpMetadata: { contentType } });
}

export async function putText(
  env: MediaEnv,
  key: string,
  text: string,
  contentType: string,
): Promise<void> {
  await env.MEDIA.put(key, text, { httpMetadata: { contentType } });
}
