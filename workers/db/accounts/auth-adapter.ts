import { drizzleAdapter } from "@better-auth/drizzle-adapter";
import { drizzle } from "drizzle-orm/d1";
import { counted } from "../statement-count.ts";
import * as accounts from "./auth-schema.ts";
import * as oauth from "./oauth-schema.ts";

/**
 * better-auth's view of the catalogue database. D1 has no interactive transactions, so what must happen only once (a
 * code, a refresh token, a rate limit) is done by the adapter in one DELETE or UPDATE ... RETURNING.
 */
export function authAdapter(database: D1Database) {
  return drizzleAdapter(drizzle(counted(database)), {
    provider: "sqlite",
    schema: { ...accounts, ...oauth },
  });
}
