import { AudienceMessage } from "../../contract/messages.ts";
import {
  foldAudience,
  forgetAudience,
  keepAudienceMessages,
  limitAudience,
} from "../../db/metrics/audience-inbox.ts";
import type { MetricsEnv } from "../../db/metrics/inbox.ts";
import { statementsLeft } from "../../db/statement-count.ts";
import { log } from "../../log.ts";

/** The time for one step of adding up and the rest of the run. The next run continues. */
const MIN_STATEMENTS_LEFT = 30;
/** Then numbers are lost: a dead letter would be of no use to anybody. */
const MAX_ATTEMPTS = 5;
/** Multiplied by the number of attempts so far. */
const RETRY_DELAY_SECONDS = 60;

/** Stores the sums of view counters. If that fails, the message is retried a few times. */
export async function keepAudience(env: MetricsEnv, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  try {
    await keepAudienceMessages(
      env,
      messages.map(({ body }) => AudienceMessage.parse(body)),
    );
  } catch (error) {
    log("metrics.lost", { messages: messages.length, error });
    for (const message of messages)
      if (message.attempts < MAX_ATTEMPTS)
        message.retry({ delaySeconds: RETRY_DELAY_SECONDS * message.attempts });
      else message.ack();
    return;
  }
  for (const message of messages) message.ack();
}

/** Adds up what has arrived. */
export async function addUpAudience(env: MetricsEnv, now: number): Promise<void> {
  let hasMore = true;
  while (hasMore && statementsLeft() >= MIN_STATEMENTS_LEFT) hasMore = await foldAudience(env, now);
  const bytes = await limitAudience(env, now);
  if (bytes !== null) log("metrics.full", { bytes });
}

/** Deletes the numbers of a video or an account that is gone. If that fails, they end with their time. */
export async function dropAudience(env: MetricsEnv, subject: string): Promise<void> {
  await forgetAudience(env, subject).catch((error: unknown) =>
    log("metrics.lost", { subject, error }),
  );
}
