import { drizzleAdapter } from "@better-auth/drizzle-adapter";
import { drizzle } from "drizzle-orm/d1";
import * as accounts from "./auth-schema.ts";
import * as oauth from "./oauth-schema.ts";

/**
 * better-auth's view of the catalogue database. No transactions: D1 has none that are interactive. What must
 * happen once (a code, a refresh token, a rate limit) the adapter does in one DELETE or UPDATE ... RETURNING.
 */
export const authAdapter = (database: D1Database) =>
  drizzleAdapter(drizzle(database), { provider: "sqlite", schema: { ...accounts, ...oauth } });
