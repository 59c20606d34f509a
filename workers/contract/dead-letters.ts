import { z } from "zod";
import { page, Timestamp } from "./common.ts";

/** Numbers, since the table keeps them in the order of arrival. */
export const DeadLetterId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** A message that its queue or the outbox has given up. */
export const DeadLetter = z.object({
  id: z.int(),
  /** The queue that the message was for, or its dead-letter queue: `events`, `events-dead`. */
  queue: z.string(),
  /** The kind of message, such as `purge-video`; null for a foreign message. */
  kind: z.string().nullable(),
  body: z.unknown(),
  receivedAt: Timestamp,
  /** Whether it is also in the outbox, from which the sweep resends it. */
  isRetried: z.boolean(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterPage = page(DeadLetter);
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;

/** All messages up to this one, which the operator has seen; later ones stay. */
export const DeadLettersUntil = z.object({ until: DeadLetterId });

export const DeadLettersResent = z.object({
  /** Number of messages that were queued again. */
  resent: z.int(),
  /** Messages that this version does not know, which stay in the list. */
  refused: z.int(),
  /** Send the request again with this for older messages; null after the last. */
  next: DeadLetterId.nullable(),
});
export type DeadLettersResent = z.infer<typeof DeadLettersResent>;
export const DeadLettersDismissed = z.object({ dismissed: z.int() });
