import {
  type CaptionTrack,
  MAX_CAPTION_TRACKS,
  type StoredCaptions,
} from "../contract/captions.ts";
import { type CaptionRow, findCaptions, removeCaptions, storeCaptions } from "../db/captions.ts";
import { catalog, runBatch } from "../db/client.ts";
import { captionsKey } from "../media/storage-keys.ts";
import { deleteObject, putText, readText } from "../media/objects.ts";
import { detectText } from "../domain/captions/caption-encoding.ts";
import { parseCaptionFile } from "../domain/captions/caption-file.ts";
import { numberedLanguage, spokenLanguage } from "../domain/captions/caption-languages.ts";
import {
  type TrackName,
  trackLabel,
  trackOf,
  trackTag,
} from "../domain/captions/caption-tracks.ts";
import { writeWebVtt } from "../domain/captions/cues.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { republish } from "./republish.ts";

/** A file may have a fault on every line. */
const MAX_REPORTED_FAULTS = 10;

export type CaptionsEnv = Pick<Env, "CATALOG" | "MEDIA">;

/** The canonical form of a language tag, so that `pt-br` and `PT-BR` are one track. */
export const canonicalLanguage = (language: string): string => localeOf(language).baseName;

function localeOf(language: string): Intl.Locale {
  try {
    return new Intl.Locale(language);
  } catch (cause) {
    throw new AppError("invalid_request", `${language} is not a valid BCP 47 language tag.`, {
      cause,
    });
  }
}

/** The tag of a track that a request names. @throws AppError invalid_request */
function tagOf({ language, kind }: TrackName): string {
  // The export of an account names tracks by their tags.
  const named = localeOf(language).toString();
  const track = kind === "subtitles" ? trackOf(named) : { language: named, kind };
  const { spoken, number } = spokenLanguage(track.language);
  const canonical = numberedLanguage(canonicalLanguage(spoken), number);
  const tag = trackTag({ ...track, language: canonical });
  if (tag.length <= MAX_TAG_LENGTH) return tag;
  throw new AppError("invalid_request", `${language} is too long for a track of this kind.`);
}

/** The longest tag that media paths may contain. */
const MAX_TAG_LENGTH = 35;

export function presentTrack(row: CaptionRow): CaptionTrack {
  const { label, origin, cues, updatedAt } = row;
  const date = new Date(updatedAt).toISOString();
  return { ...trackOf(row.language), label, origin, cues, updatedAt: date };
}

/**
 * A caption track as WebVTT.
 * @throws AppError not_found
 */
export async function getCaptions(
  env: CaptionsEnv,
  principal: Principal,
  videoId: string,
  track: TrackName,
): Promise<string> {
  const db = catalog(env);
  await authorizedVideo(db, principal, "captions.get", videoId);
  const row = await findCaptions(db, videoId, tagOf(track));
  const text = row && (await readText(env, row.key));
  if (text === null) throw noTrack(track);
  return text;
}

function noTrack({ language, kind }: TrackName): AppError {
  return new AppError("not_found", `This video has no ${kind} in ${language}.`);
}

/**
 * Validates, sanitises and stores a track, replacing one in the same language of the same kind. The caller relays the outbox
 * afterwards. Cues that are damaged are left out.
 *
 * @param file WebVTT, SubRip, SBV, TTML or ASS in any encoding
 * @throws AppError invalid_captions, too_many_captions
 */
export async function putCaptions(
  env: CaptionsEnv,
  principal: Principal,
  videoId: string,
  track: TrackName,
  file: ArrayBuffer,
): Promise<StoredCaptions> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "captions.put", videoId);
  const tag = tagOf(track);
  const { language, kind } = trackOf(tag);
  const { spoken, number } = spokenLanguage(language);
  const { text, encoding } = decode(file, spoken);
  const { cues, faults, format } = parseCaptionFile(text);
  const earlier = await findCaptions(db, videoId, tag);
  // The time serves as revision, so that a key is never reused, not even after its track was deleted.
  const now = Date.now();
  const key = captionsKey(videoId, tag, now);
  await putText(env, key, writeWebVtt(cues), "text/vtt; charset=utf-8");
  const row = {
    videoId,
    language: tag,
    // The name that a source gives one of several tracks is all that tells it apart.
    label: earlier && number > 1 ? earlier.label : trackLabel({ language, kind }),
    key,
    cues: cues.length,
    origin: "uploaded" as const,
    revision: now,
    updatedAt: now,
  };
  await runBatch(db, [...storeCaptions(db, row), ...(await republish(db, video, "captions", now))]);
  if (earlier === null && (await findCaptions(db, videoId, tag)) === null) {
    await deleteObject(env, key);
    throw new AppError(
      "too_many_captions",
      `A video can have at most ${MAX_CAPTION_TRACKS} caption tracks. Delete one first.`,
    );
  }
  if (earlier && earlier.origin !== "embedded") await deleteObject(env, earlier.key);
  return {
    ...presentTrack(row),
    format,
    encoding,
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
  track: TrackName,
): Promise<void> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "captions.delete", videoId);
  const row = await findCaptions(db, videoId, tagOf(track));
  if (row === null) throw noTrack(track);
  const now = Date.now();
  await runBatch(db, [
    ...removeCaptions(db, row, now),
    ...(await republish(db, video, "captions", now)),
  ]);
  if (row.origin !== "embedded") await deleteObject(env, row.key);
}

function decode(file: ArrayBuffer, language: string): { text: string; encoding: string } {
  const decoded = detectText(new Uint8Array(file), language);
  if (decoded === undefined)
    throw new AppError(
      "invalid_captions",
      "The file is not text in a known encoding. Save it as UTF-8 and upload it again.",
    );
  return decoded;
}
