import { eq, sql } from "drizzle-orm";
import type { CreatorImageKind, CreatorLink, CreatorProfileUpdate } from "../contract/creators.ts";
import { user } from "./accounts/auth-schema.ts";
import { isActive } from "./accounts/suspensions.ts";
import { type Catalog, idsIn } from "./client.ts";
import { videos, whereListed } from "./schema.ts";
import { creatorFollowers, creatorProfiles } from "./site-schema.ts";

export interface CreatorRow {
  id: string;
  name: string;
  createdAt: Date;
  about: string;
  links: CreatorLink[];
  avatar: string | null;
  banner: string | null;
  followers: number;
  /** The account is public: it has a profile or a listed video, and is not suspended. */
  isPublic: boolean;
}

/** An account as a creator; null when there is no such account. Plan: one row by each key, and the first of an index. */
export async function findCreator(db: Catalog, id: string): Promise<CreatorRow | null> {
  const row = await db
    .select({
      id: user.id,
      name: user.name,
      createdAt: user.createdAt,
      profile: creatorProfiles,
      followers: sql<number>`coalesce(${creatorFollowers.followers}, 0)`,
      isActive: isActive.mapWith(Boolean),
      hasVideo: sql<number>`EXISTS (
        SELECT 1 FROM ${videos} WHERE ${videos.ownerId} = ${user.id} AND ${whereListed})`,
    })
    .from(user)
    .leftJoin(creatorProfiles, eq(creatorProfiles.ownerId, user.id))
    .leftJoin(creatorFollowers, eq(creatorFollowers.ownerId, user.id))
    .where(eq(user.id, id))
    .get();
  if (!row) return null;
  const { profile, hasVideo, isActive: mayBeSeen, ...account } = row;
  return {
    ...account,
    about: profile?.about ?? "",
    links: profile?.links ?? [],
    avatar: profile?.avatar ?? null,
    banner: profile?.banner ?? null,
    isPublic: mayBeSeen && (profile !== null || hasVideo === 1),
  };
}

export async function saveProfile(
  db: Catalog,
  ownerId: string,
  profile: CreatorProfileUpdate,
): Promise<void> {
  await db
    .insert(creatorProfiles)
    .values({ ownerId, ...profile })
    .onConflictDoUpdate({ target: creatorProfiles.ownerId, set: profile });
}

/** Records the file of an image, or with null that there is none. */
export async function saveImage(
  db: Catalog,
  ownerId: string,
  kind: CreatorImageKind,
  file: string | null,
): Promise<void> {
  await db
    .insert(creatorProfiles)
    .values({ ownerId, [kind]: file })
    .onConflictDoUpdate({ target: creatorProfiles.ownerId, set: { [kind]: file } });
}

/** Records a creator's number of followers. A creator who was deleted in the meantime gets no row. */
export async function saveFollowers(db: Catalog, ownerId: string, count: number): Promise<void> {
  await db.run(sql`
    INSERT INTO ${creatorFollowers} (owner_id, followers)
    SELECT id, ${count} FROM ${user} WHERE id = ${ownerId}
    ON CONFLICT (owner_id) DO UPDATE SET followers = excluded.followers`);
}

/** Name and picture of the accounts that exist. */
export async function findCreatorCards(
  db: Catalog,
  ids: readonly string[],
): Promise<{ id: string; name: string; avatar: string | null }[]> {
  return db
    .select({ id: user.id, name: user.name, avatar: creatorProfiles.avatar })
    .from(user)
    .leftJoin(creatorProfiles, eq(creatorProfiles.ownerId, user.id))
    .where(sql`${user.id} IN ${idsIn(ids)}`);
}

/** Deletes what CATALOG has about an account as a creator. */
export async function deleteProfile(db: Catalog, ownerId: string): Promise<void> {
  await db.batch([
    db.delete(creatorProfiles).where(eq(creatorProfiles.ownerId, ownerId)),
    db.delete(creatorFollowers).where(eq(creatorFollowers.ownerId, ownerId)),
  ]);
}
