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

/** Reads a small object as text; null when there is none. */
export async function readText(env: MediaEnv, key: string): Promise<string | null> {
  const object = await env.MEDIA.get(key);
  return object && object.text();
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

export async function putText(
  env: MediaEnv,
  key: string,
  text: string,
  contentType: string,
): Promise<void> {
  await env.MEDIA.put(key, text, { httpMetadata: { contentType } });
}
