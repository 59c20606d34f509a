import { LIMITS } from "../domain/limits.ts";
import { env } from "cloudflare:workers";
import { eq, like } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { insertVideo } from "../../tests/support/worker/media.ts";
import { newId } from "../domain/id.ts";
import { catalog, runBatch } from "./client.ts";
import { revocations } from "./playback-schema.ts";
import { MAX_PLAYBACK_TOKEN_AGE_MS, REVOCATION_MARGIN_MS } from "../domain/revocations.ts";
import {
  forgetRevocations,
  keyRevocation,
  revokeClosed,
  sessionRevocation,
  videoRevocations,
} from "./revocations.ts";

const db = catalog(env);

async function subjectsOf(id: string): Promise<string[]> {
  const rows = await db
    .select()
    .from(revocations)
    .where(like(revocations.subject, `%${id}%`))
    .orderBy(revocations.id);
  return rows.map(({ subject }) => subject);
}
const revokeVideo = (id: string, at = Date.now()) => runBatch(db, videoRevocations(db, [id], at));
const revokeSession = (id: string, session: string) =>
  runBatch(db, sessionRevocation(db, id, session, Date.now()));

describe("the list of revocations in every isolate stays small", () => {
  test("revoking a subject again keeps one row and gives it a new id, so that readers of the log see it", async () => {
    const [id, kid] = [await insertVideo(), newId()];
    const row = () =>
      db
        .select()
        .from(revocations)
        .where(eq(revocations.subject, `video:${id}`));
    await revokeVideo(id, 1000);
    const [first] = await row();
    await revokeVideo(id, 2000);
    const [second, ...more] = await row();
    expect(more).toEqual([]);
    expect(second?.at).toBe(2000);
    expect(second?.id).toBeGreaterThan(first!.id);

    for (let again = 0; again < 3; again++) {
      await revokeSession(id, "viewer");
      await runBatch(db, keyRevocation(db, kid, again));
    }
    expect(await subjectsOf(id)).toEqual([`video:${id}`, `session:${id}/viewer`]);
    expect(await subjectsOf(kid)).toHaveLength(1);
  });

  test("a video that could never be watched leaves no revocation", async () => {
    const id = await insertVideo({ state: "uploading" });
    await revokeVideo(id);
    await revokeSession(id, "viewer");
    expect(await subjectsOf(id)).toEqual([]);
  });

  test("revoking too many sessions of a video revokes the video, and no other", async () => {
    const [id, other] = [await insertVideo(), await insertVideo()];
    await revokeSession(other, "viewer");
    for (let session = 0; session < LIMITS.revokedSessionsPerVideo; session++)
      await revokeSession(id, `viewer ${session}`);
    expect(await subjectsOf(id)).not.toContain(`video:${id}`);
    // Revoking one of them again adds none.
    await revokeSession(id, "viewer 0");
    expect(await subjectsOf(id)).not.toContain(`video:${id}`);

    for (const session of ["one more", "and another"]) await revokeSession(id, session);
    const subjects = await subjectsOf(id);
    expect(subjects).toHaveLength(LIMITS.revokedSessionsPerVideo + 1);
    expect(subjects.at(-1)).toBe(`video:${id}`);
    expect(await subjectsOf(other)).toEqual([`session:${other}/viewer`]);
  });

  test("closed players do not count towards the limit", async () => {
    const id = await insertVideo();
    for (let session = 0; session < LIMITS.revokedSessionsPerVideo; session++)
      await revokeClosed(db, id, `closed ${session}`, 300_000);
    await revokeSession(id, "viewer");
    expect((await subjectsOf(id)).at(-1)).toBe(`session:${id}/viewer`);
  });
});

test("closing a player does not shorten a creator's revocation", async () => {
  const id = await insertVideo();
  await revokeSession(id, "viewer");
  await revokeClosed(db, id, "viewer", 300_000);
  await forgetRevocations(db, Date.now() + 300_000 + REVOCATION_MARGIN_MS + 60_000);
  expect(await subjectsOf(id)).toEqual([`session:${id}/viewer`]);
  await revokeClosed(db, id, "viewer", 300_000);
  expect(await subjectsOf(id)).toHaveLength(1);
});

test("a revocation is deleted once the last of its tokens has expired", async () => {
  const id = await insertVideo();
  const now = Date.now();
  await revokeVideo(id, now);
  await revokeClosed(db, id, "closed", 300_000);
  await forgetRevocations(db, now + 300_000);
  expect(await subjectsOf(id)).toHaveLength(2);
  await forgetRevocations(db, now + 300_000 + REVOCATION_MARGIN_MS + 60_000);
  expect(await subjectsOf(id)).toEqual([`video:${id}`]);
  await forgetRevocations(db, now + MAX_PLAYBACK_TOKEN_AGE_MS + REVOCATION_MARGIN_MS + 1);
  expect(await subjectsOf(id)).toEqual([]);
});
