import { eq } from "drizzle-orm";
import type { Catalog } from "./client.ts";
import { user } from "./auth-schema.ts";

export type AccountRow = typeof user.$inferSelect;

/** The account with this id, or null. */
export async function findAccount(db: Catalog, id: string): Promise<AccountRow | null> {
  return (await db.select().from(user).where(eq(user.id, id)).get()) ?? null;
}
