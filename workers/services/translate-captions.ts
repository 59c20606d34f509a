import type { CaptionTrack } from "../contract/captions.ts";
import { findCaptions } from "../db/captions.ts";
import { catalog, runBatch } from "../db/client.ts";
import { spokenLanguage } from "../domain/captions/caption-languages.ts";
import type { TrackName } from "../domain/captions/caption-tracks.ts";
import { readCues } from "../domain/captions/cues.ts";
import { AppError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { sentencesOf, translatedCues } from "../domain/speech/translation.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { automaticTrack } from "./automatic-track.ts";
import { type CaptionsEnv, canonicalLanguage, getCaptions, presentTrack } from "./captions.ts";
import { type SpeechEnv, translateText } from "./speech-model.ts";

/** Each is one call of the model; an invocation may make a thousand. A two-hour video has some seven hundred. */
const MAX_SENTENCES = 900;
/** The runtime allows six connections per invocation. */
const PARALLEL_CALLS = 6;

/**
 * Makes subtitles in another language of a track. The caller relays the outbox afterwards.
 * @throws AppError not_found, unavailable, conflict, limit_reached
 */
export async function translateCaptions(
  env: CaptionsEnv & SpeechEnv,
  principal: Principal,
  id: string,
  from: TrackName,
  target: string,
): Promise<CaptionTrack> {
  const db = catalog(env);
  const { version } = await authorizedVideo(db, principal, "captions.translate", id);
  const language = canonicalLanguage(target);
  const written = await findCaptions(db, id, language);
  if (written && written.origin !== "automatic")
    throw new AppError(
      "conflict",
      `This video has subtitles in ${language} already. A translation never replaces them.`,
    );
  const { cues } = readCues(await getCaptions(env, principal, id, from));
  const sentences = sentencesOf(cues);
  if (sentences.length > MAX_SENTENCES)
    throw new AppError("limit_reached", "These captions are too long to be translated at once.");
  const { spoken } = spokenLanguage(from.language);
  const texts: string[] = [];
  for (let index = 0; index < sentences.length; index += PARALLEL_CALLS) {
    const some = sentences.slice(index, index + PARALLEL_CALLS);
    texts.push(
      ...(await Promise.all(some.map(({ text }) => translateText(env, text, spoken, language)))),
    );
  }
  const translated = sentences.flatMap((sentence, index) =>
    translatedCues(sentence, texts[index] ?? ""),
  );
  const now = Date.now();
  const statements = await automaticTrack(
    env,
    db,
    { videoId: id, version, language, cues: translated },
    now,
  );
  if (!statements) throw new AppError("unavailable", "The model returned no translation.");
  await runBatch(db, statements);
  const row = await findCaptions(db, id, language);
  if (!row) throw new AppError("too_many_captions", "This video has the maximum number of tracks.");
  return presentTrack(row);
}
