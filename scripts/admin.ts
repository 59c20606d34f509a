/**
 * `npm run admin -- <email> [--role viewer|creator|moderator|operator|admin] [--remote]`: gives an account a role, by
 * default `admin`, in the local database, or with --remote in the deployed one (it uses your wrangler login).
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { Role } from "../workers/contract/accounts.ts";
import { CATALOG, openLocalDatabase } from "./dev/local-databases.ts";
import { readSettings } from "./dev/settings.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    role: { type: "string", default: "admin" },
    remote: { type: "boolean", default: false },
  },
});
const arguments_ = z
  .object({ email: z.email(), role: Role })
  .safeParse({ email: positionals[0], role: values.role });
if (!arguments_.success) {
  console.error(
    "Usage: npm run admin -- <email> [--role viewer|creator|moderator|operator|admin] [--remote]",
  );
  process.exit(2);
}
const { email, role } = arguments_.data;

const SQL = "UPDATE user SET role = ? WHERE email = ? RETURNING id";
const params: [string, string] = [role, email.toLowerCase()];

async function changed(): Promise<unknown[]> {
  if (values.remote) {
    // Loaded only where it is needed: with it come wrangler and Cloudflare's client.
    const { openRemote } = await import("./deploy/remote.ts");
    return (await openRemote(process.env)).query("CATALOG", SQL, params);
  }
  const db = openLocalDatabase(readSettings(process.env).state, CATALOG);
  if (!db) throw new Error("There is no database: run npm run dev first.");
  try {
    return db.prepare(SQL).all(...params);
  } finally {
    db.close();
  }
}

try {
  if ((await changed()).length === 0)
    throw new Error(`There is no account for ${email}. Sign up first.`);
  console.log(
    `${email} now has the role ${role}. It takes effect with the next access token, within 15 minutes.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
