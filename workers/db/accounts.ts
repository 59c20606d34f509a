import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { user } from "./auth-schema.ts";

export type AccountRow = typeof user.$inferSelect;

/** The account with this id, or null. */
export async function findAccount(database: D1Database, id: string): Promise<AccountRow | null> {
  return (await drizzle(database).select().from(user).where(eq(user.id, id)).get()) ?? null;
}
