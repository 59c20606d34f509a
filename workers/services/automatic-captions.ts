import type { AutomaticCaptions, CaptionTracks, SpeechEngine } from "../contract/captions.ts";
import type { PlannedTask, TaskKind } from "../contract/transcodes.ts";
import { findCaptions, listCaptions } from "../db/captions.ts";
import { type Catalog, catalog, runBatch } from "../db/client.ts";
import { countTasks, hasOpenTask } from "../db/transcoding/add-tasks.ts";
import { addLateTasks, getTranscode, type Transcode } from "../db/transcoding/transcodes.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS } from "../domain/limits.ts";
import { type PlanEnv, planSettings } from "../domain/tasks/plan-settings.ts";
import type { Principal } from "../domain/principal.ts";
import { firstTranscription, transcriptionPrefix } from "../domain/speech/transcription-tasks.ts";
import { readTaskArchive } from "../media/task-archive.ts";
import { authorizedVideo } from "./authorized-video.ts";
import { type CaptionsEnv, canonicalLanguage, presentTrack } from "./captions.ts";
import { type SpeechEnv, speechEngine } from "./speech-model.ts";

type AutomaticEnv = CaptionsEnv & PlanEnv & SpeechEnv;

const KINDS: Record<SpeechEngine, TaskKind & ("transcribe" | "speech")> = {
  runner: "transcribe",
  "workers-ai": "speech",
};

/** The caption tracks of a creator's own video, and what can make more. */
export async function listTracks(
  env: AutomaticEnv,
  principal: Principal,
  id: string,
): Promise<CaptionTracks> {
  const db = catalog(env);
  const { version } = await authorizedVideo(db, principal, "captions.list", id);
  const [rows, engine, isTranscribing] = await Promise.all([
    listCaptions(db, [id]),
    speechEngine(env, db, Date.now()),
    hasOpenTask(db, { videoId: id, version }, Object.values(KINDS)),
  ]);
  const canTranslate = env.AI !== undefined;
  return { items: rows.map(presentTrack), engine, isTranscribing, canTranslate };
}

/**
 * Starts automatic captions for the speech in a video. The caller relays the outbox afterwards.
 * @throws AppError not_found, invalid_request, limit_reached; conflict if nothing can make them
 */
export async function startTranscription(
  env: AutomaticEnv,
  principal: Principal,
  id: string,
  { language: told }: AutomaticCaptions,
): Promise<void> {
  const db = catalog(env);
  const video = await authorizedVideo(db, principal, "captions.transcribe", id);
  const language = told === undefined ? video.language : canonicalLanguage(told);
  const transcode = await getTranscode(db, { videoId: id, version: video.version });
  if (video.state !== "ready" || !transcode?.plan)
    throw new AppError("conflict", "Automatic captions can be generated once the video is ready.");
  const now = Date.now();
  const engine = await speechEngine(env, db, now);
  if (engine === null)
    throw new AppError("conflict", "Nothing on this site can recognise speech at the moment.");
  const audio = transcode.plan.renditions.filter((rendition) => rendition.type === "audio");
  const track = audio.find(({ isDefault }) => isDefault) ?? audio[0];
  if (!track) throw new AppError("conflict", "This video has no audio.");
  await checkTrack(db, id, language);
  if (await hasOpenTask(db, transcode, Object.values(KINDS)))
    throw new AppError("conflict", "Automatic captions are already being generated.");
  await checkCount(env, db, transcode);
  const task: PlannedTask = firstTranscription(
    {
      kind: KINDS[engine],
      source: transcode.plan.source,
      streamIndex: track.streamIndex,
      language,
      limits: planSettings(env).limits,
    },
    now,
  );
  await runBatch(db, addLateTasks(db, transcode, [task], now));
}

/** @throws AppError conflict for a language that has manual captions */
async function checkTrack(db: Catalog, id: string, language: string | null): Promise<void> {
  const track = language === null ? null : await findCaptions(db, id, language);
  if (track && track.origin !== "automatic")
    throw new AppError(
      "conflict",
      `This video has subtitles in ${language} already. Automatic captions never replace them.`,
    );
}

/** @throws AppError limit_reached */
async function checkCount(env: CaptionsEnv, db: Catalog, transcode: Transcode): Promise<void> {
  const ended = await readTaskArchive(env, transcode);
  const isFirst = (name: string) => name.startsWith(transcriptionPrefix(1));
  const count =
    (await countTasks(db, transcode, transcriptionPrefix(1))) +
    ended.filter(({ name }) => isFirst(name)).length;
  if (count >= LIMITS.transcriptionsPerVersion)
    throw new AppError(
      "limit_reached",
      `Automatic captions of a video can be made ${LIMITS.transcriptionsPerVersion} times.`,
    );
}
