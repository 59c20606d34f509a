import { type CaptionTrack, MAX_CAPTION_TRACKS } from "../contract/captions.ts";
import { findCaptions, removeCaptions, storeCaptions } from "../db/captions.ts";
import { catalog, runBatch } from "../db/client.ts";
import { captionsKey } from "../media/storage-keys.ts";
import { deleteObject, putText, readText } from "../media/objects.ts";
import { decodeCaptions } from "../domain/caption-encoding.ts";
import { parseCues, writeWebVtt } from "../domain/cues.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { republish } from "./republish.ts";

/** A file may have a fault on every line. */
const MAX_REPORTED_FAULTS = 10;

type CaptionsEnv = Pick<Env, "CATALOG" | "MEDIA">;

/** The canonical form of a language tag, so that `pt-br` and `PT-BR` are one track. */
function canonical(language: string): string {
  try {
    return new Intl.Locale(language).baseName;
  } catch (cause) {
    throw new AppError("invalid_request", `${language} is not a valid BCP 47 language tag.`, {
      cause,
    });
  }
}

/** Name of a language in that language: `Deutsch` for `de`. */
function labelOf(language: string): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
}

/**
 * A caption track as WebVTT.
 * @throws AppError not_found
 */
export async function getCaptions(
  env: CaptionsEnv,
  principal: Principal,
  videoId: string,
  tag: string,
): Promise<string> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "captions.get", videoId);
  const track = await findCaptions(db, videoId, canonical(tag));
  const text = track && (await readText(env, track.key));
  if (text === null) throw new AppError("not_found", `This video has no captions in ${tag}.`);
  return text;
}

/**
 * Validates, sanitises and stores a track, replacing one in the same language. The caller relays the outbox afterwards.
 * Cues that are damaged are left out.
 *
 * @param file WebVTT or SubRip in any encoding
 * @throws AppError invalid_captions, too_many_captions
 */
export async function putCaptions(
  env: CaptionsEnv,
  principal: Principal,
  videoId: string,
  tag: string,
  file: ArrayBuffer,
): Promise<CaptionTrack> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "captions.put", videoId);
  const language = canonical(tag);
  const { cues, faults } = parseCues(decode(file, language));
  const earlier = await findCaptions(db, videoId, language);
  // The time serves as revision, so that a key is never reused, not even after its track was deleted.
  const now = Date.now();
  const key = captionsKey(videoId, language, now);
  await putText(env, key, writeWebVtt(cues), "text/vtt; charset=utf-8");
  const label = labelOf(language);
  const row = {
    videoId,
    language,
    label,
    key,
    cues: cues.length,
    origin: "uploaded" as const,
    revision: now,
    updatedAt: now,
  };
  await runBatch(db, [...storeCaptions(db, row), ...(await republish(db, video, "captions", now))]);
  if (earlier === null && (await findCaptions(db, videoId, language)) === null) {
    await deleteObject(env, key);
    throw new AppError(
      "too_many_captions",
      `A video can have at most ${MAX_CAPTION_TRACKS} caption tracks. Delete one first.`,
    );
  }
  if (earlier?.origin === "uploaded") await deleteObject(env, earlier.key);
  return {
    language,
    label,
    cues: cues.length,
    faults: faults.slice(0, MAX_REPORTED_FAULTS),
    dropped: faults.length,
  };
}

/**
 * Deletes a track. The caller relays the outbox afterwards.
 * @throws AppError not_found
 */
export async function deleteCaptions(
  env: CaptionsEnv,
  principal: Principal,
  videoId: string,
  tag: string,
): Promise<void> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "captions.delete", videoId);
  const track = await findCaptions(db, videoId, canonical(tag));
  if (track === null) throw new AppError("not_found", `This video has no captions in ${tag}.`);
  const now = Date.now();
  await runBatch(db, [
    ...removeCaptions(db, track, now),
    ...(await republish(db, video, "captions", now)),
  ]);
  if (track.origin === "uploaded") await deleteObject(env, track.key);
}

function decode(file: ArrayBuffer, language: string): string {
  const text = decodeCaptions(new Uint8Array(file), language);
  if (text === undefined)
    throw new AppError(
      "invalid_captions",
      "The file is not text in a known encoding. Save it as UTF-8 and upload it again.",
    );
  return text;
}
