import { and, eq, isNull, ne } from "drizzle-orm";
import type { MaturityLimit } from "../../contract/maturity-ratings.ts";
import type { Catalog } from "../client.ts";
import { session, user } from "./auth-schema.ts";
import { isActive } from "./suspensions.ts";

/** The profile of a session and its limit, which each call of the session is checked against. */
export async function setSessionProfile(
  db: Catalog,
  sessionId: string,
  profileId: string,
  maturityLimit: MaturityLimit | null,
): Promise<void> {
  await db.update(session).set({ profileId, maturityLimit }).where(eq(session.id, sessionId));
}

/** Gives the sessions in which a profile is open its new limit. Plan: the sessions of the account, by index. */
export async function limitSessions(
  db: Catalog,
  userId: string,
  profileId: string,
  maturityLimit: MaturityLimit | null,
): Promise<void> {
  await db
    .update(session)
    .set({ maturityLimit })
    .where(and(eq(session.userId, userId), eq(session.profileId, profileId)));
}

/** Makes the sessions of a deleted profile choose again. Until they do, they keep its limit. Plan: as above. */
export async function leaveProfile(db: Catalog, userId: string, profileId: string): Promise<void> {
  await db
    .update(session)
    .set({ profileId: null })
    .where(and(eq(session.userId, userId), eq(session.profileId, profileId)));
}

/** Sets the maturity limit of sessions without a profile. Plan: as above. */
export async function limitUndecided(
  db: Catalog,
  userId: string,
  exceptSession: string,
  maturityLimit: MaturityLimit,
): Promise<void> {
  await db
    .update(session)
    .set({ maturityLimit })
    .where(
      and(eq(session.userId, userId), isNull(session.profileId), ne(session.id, exceptSession)),
    );
}

/** The account row's summary of its profiles, for pages and sign-ins that do not read its Durable Object. */
export async function saveProfileMarks(
  db: Catalog,
  userId: string,
  marks: { hasProfiles: boolean; startLimit: MaturityLimit | null },
): Promise<void> {
  await db.update(user).set(marks).where(eq(user.id, userId));
}

/** The maturity limit of a new session, and whether it may start. Plan: one row by its key, and one look-up. */
export async function sessionStartOf(
  db: Catalog,
  userId: string,
): Promise<{ maturityLimit: MaturityLimit | null; mayBegin: boolean }> {
  const row = await db
    .select({ startLimit: user.startLimit, isActive: isActive.mapWith(Boolean) })
    .from(user)
    .where(eq(user.id, userId))
    .get();
  return { maturityLimit: row?.startLimit ?? null, mayBegin: row?.isActive ?? true };
}
