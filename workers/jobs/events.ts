import {
  AudienceMessage,
  EventMessage,
  FinishMessage,
  MetricsMessage,
  OutboxReference,
} from "../contract/messages.ts";
import { catalog } from "../db/client.ts";
import { deleteMessages } from "../db/outbox.ts";
import { statementsLeft } from "../db/statement-count.ts";
import { viewCounterOf } from "../db/views.ts";
import { eraseBinned } from "../services/bin.ts";
import { relayOutbox } from "../services/outbox.ts";
import { log } from "../log.ts";
import { count } from "../count.ts";
import { requestIdOf, traced } from "../trace.ts";
import { announceVideos, notifyFollowers } from "./publishing/announce-videos.ts";
import { checkVideo } from "./storage/check-video.ts";
import { compareVideos } from "./storage/compare-videos.ts";
import { syncDownloads } from "./tasks/downloads.ts";
import { hashSource } from "./storage/hash-source.ts";
import { indexEach, MAX_FAILED_VIDEOS } from "./search/index-video.ts";
import { createJobContext } from "./job-context.ts";
import { keepAudience } from "./views/keep-audience.ts";
import { keepMetrics } from "./metrics/keep-metrics.ts";
import { purgeVideo } from "./cleanup/purge.ts";
import { readLink } from "./links/read-link.ts";
import { takeOverWorkerTasks } from "./tasks/worker-tasks.ts";

/** Multiplied by the number of attempts so far. */
const RETRY_DELAY_SECONDS = 5;

type PurgeCache = (videoId: string) => Promise<void>;

/** Longer than any message takes. If less time is left, the remaining messages come again with another batch. */
const MIN_STATEMENTS_LEFT = 60;

/**
 * Handles each message separately, so that only failed messages are delivered again. Messages about the search index
 * are combined into one update, because a hundred videos take as many statements as one. Handled messages are deleted
 * from the outbox; if that fails, they are sent once more, which does no harm.
 * @param purgeCache drops the cached responses that show a video
 */
export async function handleEvents(
  batch: MessageBatch,
  env: Env,
  purgeCache: PurgeCache,
): Promise<void> {
  const handled: number[] = [];
  let indexing: Promise<string[]> | undefined;
  let announcing: Promise<void> | undefined;
  const changed = batch.messages.flatMap(({ body }) => changedVideoOf(body) ?? []);
  const groups = Object.groupBy(batch.messages, purposeOf);
  const { numbers = [], audience = [], tasks = [], work = [] } = groups;
  await keepMetrics(env, numbers);
  await keepAudience(env, audience);
  for (const message of work) {
    if (statementsLeft() < MIN_STATEMENTS_LEFT) {
      message.retry();
      continue;
    }
    try {
      const event = EventMessage.parse(message.body);
      if (event.kind === "index-video") {
        indexing ??= indexEach(env, [...new Set(changed)]);
        await Promise.all([purgeCache(event.videoId), indexed(event.videoId, indexing)]);
        // Recorded once search and pages show it.
        await (announcing ??= announceVideos(env, [...new Set(changed)], Date.now()));
      } else {
        const invocation = `queue ${batch.queue} ${event.kind}`;
        const requestId = requestIdOf(OutboxReference.parse(message.body).requestId);
        await traced({ requestId, invocation }, () => handleEvent(event, env));
      }
      const { row } = OutboxReference.parse(message.body);
      if (row !== undefined) handled.push(row);
      message.ack();
    } catch (error) {
      count("messages.failed", { kind: kindOf(message.body) });
      log("event.failed", { body: message.body, attempts: message.attempts, error });
      message.retry({ delaySeconds: RETRY_DELAY_SECONDS * message.attempts });
    }
  }
  await deleteMessages(catalog(env), handled).catch((error: unknown) =>
    log("event.failed", { handled, error }),
  );
  // Once for all messages, and last because it takes longest. If it fails, the cron does the rest.
  if (tasks.length > 0)
    await takeOverWorkerTasks(env).catch((error: unknown) =>
      log("event.failed", { kind: "finish", error }),
    );
}

function purposeOf({ body }: Message): "numbers" | "audience" | "tasks" | "work" {
  if (FinishMessage.safeParse(body).success) return "tasks";
  if (MetricsMessage.safeParse(body).success) return "numbers";
  return AudienceMessage.safeParse(body).success ? "audience" : "work";
}

const kindOf = (body: unknown): string => EventMessage.safeParse(body).data?.kind ?? "unknown";

/** The video that a message wants to be indexed. Sent by every change of a video, among them those that hide it. */
function changedVideoOf(body: unknown): string | null {
  const event = EventMessage.safeParse(body).data;
  return event?.kind === "index-video" ? event.videoId : null;
}

async function indexed(videoId: string, indexing: Promise<string[]>): Promise<void> {
  const failed = await indexing;
  // After many failures the rest is not tried; those videos may be indexed once more.
  if (failed.includes(videoId) || failed.length >= MAX_FAILED_VIDEOS)
    throw new Error(`The video ${videoId} could not be indexed.`);
}

async function handleEvent(
  event: Exclude<EventMessage, { kind: "index-video" }>,
  env: Env,
): Promise<void> {
  switch (event.kind) {
    case "purge-video":
      return purgeVideo(env, event.videoId);
    case "empty-bin":
      await eraseBinned(env, event);
      return relayOutbox(env);
    case "sync-downloads":
      return syncDownloads(env, event.videoId);
    case "notify-followers":
      return notifyFollowers(env, event.videoId, event.after);
    case "check-video":
      return checkVideo(createJobContext(env), event.videoId, Date.now());
    case "compare-videos":
      return compareVideos(createJobContext(env), event.videoIds, Date.now());
    case "hash-source":
      return hashSource(env, event.videoId, Date.now());
    case "read-link":
      await readLink(env, event.uploadId);
      return relayOutbox(env);
    case "search-pick":
    case "view":
      return countEarlier(event, env);
  }
}

/** Counts a view or a pick that was sent by a version without counters. */
async function countEarlier(
  event: Extract<EventMessage, { kind: "view" | "search-pick" }>,
  env: Env,
): Promise<void> {
  const { videoId, who } = event;
  const counter = viewCounterOf(env, videoId);
  const at = Date.parse(event.at);
  if (event.kind === "search-pick")
    return counter.countPick({ query: event.query, videoId, who, at });
  const { sessionId } = event;
  await counter.noteFetch(videoId, sessionId, at);
  await counter.countView({ videoId, sessionId, who, at, viewTimeMs: 0 });
}
