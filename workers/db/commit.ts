import { and, eq, sql } from "drizzle-orm";
import { type Catalog, runBatch, type Statement } from "./client.ts";
import { tasks } from "./schema.ts";
import { heldBy, type Task } from "./tasks.ts";

const FENCE_LOST = "this attempt no longer holds its task";

/**
 * Runs the statements as one transaction, and none of them when the attempt no longer holds the task.
 * @returns false when it does not
 */
export async function commitAttempt(
  db: Catalog,
  task: Pick<Task, "id" | "attempt">,
  statements: Statement[],
): Promise<boolean> {
  // SQLite has no "roll back if": parsing a text that is not JSON is an error, and an error undoes the batch.
  const fence = db
    .select({
      held: sql`CASE WHEN EXISTS (SELECT 1 FROM ${tasks} WHERE ${heldBy(task)}) THEN 1 ELSE json(${FENCE_LOST}) END`,
    })
    .from(sql`(SELECT 1)`);
  try {
    await runBatch(db, [fence, ...statements]);
    return true;
  } catch (error) {
    // drizzle wraps what D1 says.
    const cause = error instanceof Error ? error.cause : undefined;
    if ([error, cause].some((one) => String(one).includes("malformed JSON"))) return false;
    throw error;
  }
}

/**
 * `commitAttempt` for the result of a task. True also where D1 has recorded it before and the answer got lost: nobody
 * else makes a task `done` at this attempt.
 */
export async function commitResult(
  db: Catalog,
  task: Pick<Task, "id" | "attempt">,
  statements: Statement[],
): Promise<boolean> {
  if (await commitAttempt(db, task, statements)) return true;
  const isOwn = and(eq(tasks.id, task.id), eq(tasks.attempt, task.attempt));
  const row = await db.select({ state: tasks.state }).from(tasks).where(isOwn).get();
  return row?.state === "done";
}
