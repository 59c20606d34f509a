import { z } from "zod";
import { noteAct } from "../audit-note.ts";
import type { DeadLetter, DeadLetterPage, DeadLettersResent } from "../contract/dead-letters.ts";
import type { PageQuery } from "../contract/common.ts";
import { EventMessage, OutboxReference, WakeMessage } from "../contract/messages.ts";
import { type Catalog, catalog, runBatch, type Statement } from "../db/client.ts";
import {
  type DeadLetterRow,
  deleteDeadLetter,
  deleteDeadLetters,
  findDeadLetter,
  listDeadLetters,
  resendLetter,
  stillInOutbox,
} from "../db/dead-letters.ts";
import { OUTBOX_QUEUES } from "../db/upkeep-schema.ts";
import type { Operation } from "../domain/access-rules.ts";
import { authorizeResource } from "../domain/access.ts";
import { decodeCursor, encodeCursor } from "../domain/cursor.ts";
import { AppError } from "../domain/errors.ts";
import { type Principal, signedIn } from "../domain/principal.ts";
import { log } from "../log.ts";

type LetterEnv = Pick<Env, "CATALOG">;

const Cursor = z.tuple([z.int()]);
const WithKind = z.object({ kind: z.string() });
const Queue = z.enum(OUTBOX_QUEUES);
const DEAD_SUFFIX = "-dead";
/** Three statements each. */
const RESENT_PER_REQUEST = 50;

/**
 * Messages that were given up, the newest first.
 * @throws AppError invalid_cursor
 */
export async function allDeadLetters(
  env: LetterEnv,
  { limit, cursor }: PageQuery,
): Promise<DeadLetterPage> {
  const db = catalog(env);
  const [before] = cursor === undefined ? [] : decodeCursor(Cursor, cursor);
  const rows = await listDeadLetters(db, limit + 1, before);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: await presentLetters(db, items),
    nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null,
  };
}

/** @throws AppError not_found */
export async function oneDeadLetter(
  env: LetterEnv,
  principal: Principal,
  id: number,
): Promise<DeadLetter> {
  const db = catalog(env);
  const row = await authorizedLetter(db, principal, "dead-letters.get", id);
  const [letter] = await presentLetters(db, [row]);
  if (!letter) throw new Error("presentLetters dropped a row");
  return letter;
}

/**
 * Queues a message again, and deletes the dead letter. The caller relays the outbox afterwards.
 * @throws AppError not_found, conflict for a message that this version does not know
 */
export async function resendDeadLetter(
  env: LetterEnv,
  principal: Principal,
  id: number,
): Promise<void> {
  const db = catalog(env);
  const letter = await authorizedLetter(db, principal, "dead-letters.resend", id);
  const statements = resendStatements(db, letter, Date.now());
  if (!statements)
    throw new AppError(
      "conflict",
      "This version of the product has no such message, so it cannot be sent. Dismiss it.",
    );
  await runBatch(db, statements);
  log("queue.dead-letter-resent", told(letter, principal));
}

/** Null for a message that this version does not know. */
function resendStatements(db: Catalog, letter: DeadLetterRow, now: number): Statement[] | null {
  const queue = Queue.safeParse(withoutSuffix(letter.queue));
  const isWake = queue.data === "transcode";
  const body = (isWake ? WakeMessage : EventMessage).safeParse(letter.body);
  if (!queue.success || !body.success) return null;
  return resendLetter(db, { id: letter.id, row: rowOf(letter) }, queue.data, body.data, now);
}

/**
 * Queues messages again, from one that the operator has seen towards the oldest. The caller relays the outbox afterwards.
 */
export async function resendDeadLetters(
  env: LetterEnv,
  principal: Principal,
  until: number,
): Promise<DeadLettersResent> {
  const db = catalog(env);
  const letters = await listDeadLetters(db, RESENT_PER_REQUEST, until + 1);
  const now = Date.now();
  const known = letters.flatMap((letter) => {
    const statements = resendStatements(db, letter, now);
    return statements ? [{ letter, statements }] : [];
  });
  await runBatch(
    db,
    known.flatMap(({ statements }) => statements),
  );
  for (const { letter } of known) log("queue.dead-letter-resent", told(letter, principal));
  const last = letters.at(-1);
  const hasMore = letters.length === RESENT_PER_REQUEST && last && last.id > 1;
  return {
    resent: known.length,
    refused: letters.length - known.length,
    next: hasMore ? last.id - 1 : null,
  };
}

/** Forgets all messages up to one that the operator has seen. @returns how many */
export async function dismissDeadLetters(
  env: LetterEnv,
  principal: Principal,
  until: number,
): Promise<number> {
  const dismissed = await deleteDeadLetters(catalog(env), until);
  noteAct({ before: { messages: dismissed } });
  log("queue.dead-letter-dismissed", { until, dismissed, by: signedIn(principal).userId });
  return dismissed;
}

/** Forgets a message. What is still in the outbox is sent again all the same. @throws AppError not_found */
export async function dismissDeadLetter(
  env: LetterEnv,
  principal: Principal,
  id: number,
): Promise<void> {
  const db = catalog(env);
  const letter = await authorizedLetter(db, principal, "dead-letters.dismiss", id);
  await deleteDeadLetter(db, id);
  log("queue.dead-letter-dismissed", told(letter, principal));
}

/** Messages belong to the site, so only its operators can see them. */
const OF_SITE = { ownerId: "", visible: false };

async function authorizedLetter(
  db: Catalog,
  principal: Principal,
  operation: Operation,
  id: number,
): Promise<DeadLetterRow> {
  const row = await findDeadLetter(db, id);
  const letter = row && { ...row, ...OF_SITE };
  authorizeResource(principal, operation, letter, "message");
  noteAct({ before: { queue: letter.queue, body: letter.body } });
  return letter;
}

async function presentLetters(db: Catalog, rows: readonly DeadLetterRow[]): Promise<DeadLetter[]> {
  const kept = await stillInOutbox(
    db,
    rows.flatMap((row) => rowOf(row) ?? []),
  );
  return rows.map(({ id, queue, body, receivedAt }) => ({
    id,
    queue,
    kind: WithKind.safeParse(body).data?.kind ?? null,
    body,
    receivedAt: new Date(receivedAt).toISOString(),
    isRetried: kept.has(rowOf({ body }) ?? 0),
  }));
}

const rowOf = ({ body }: Pick<DeadLetterRow, "body">): number | null =>
  OutboxReference.safeParse(body).data?.row ?? null;

const withoutSuffix = (queue: string): string =>
  queue.endsWith(DEAD_SUFFIX) ? queue.slice(0, -DEAD_SUFFIX.length) : queue;

const told = ({ id, queue, body }: DeadLetterRow, principal: Principal) => ({
  ...{ id, queue, body },
  by: signedIn(principal).userId,
});
