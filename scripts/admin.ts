/**
 * `npm run admin -- <email> [--role viewer|creator|moderator|operator|admin] [--remote]`: gives an account a role, by
 * default `admin`, in the local database, or with --remote in the deployed one (it uses your wrangler login). It is
 * recorded in the audit log.
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { Role } from "../workers/contract/accounts.ts";
import { CATALOG, openLocalDatabase } from "./dev/local-databases.ts";
import { readSettings } from "./dev/settings.ts";
import { type RunSql, recordCommand } from "./audit/record-command.ts";

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

const Account = z.object({ id: z.string(), role: z.string() });

async function change(run: RunSql): Promise<void> {
  const [found] = await run("SELECT id, role FROM user WHERE email = ?", [email.toLowerCase()]);
  if (!found) throw new Error(`There is no account for ${email}. Sign up first.`);
  const before = Account.parse(found);
  await run("UPDATE user SET role = ? WHERE id = ?", [role, before.id]);
  await recordCommand(run, {
    action: "accounts.set-role",
    target: { kind: "accounts", id: before.id },
    before: { role: before.role },
    after: { role },
  });
}

async function withDatabase(use: (run: RunSql) => Promise<void>): Promise<void> {
  if (values.remote) {
    // Loaded only when needed, because it loads wrangler and Cloudflare's client.
    const { openRemote } = await import("./deploy/remote.ts");
    const remote = await openRemote(process.env);
    return use((sql, params) => remote.query("CATALOG", sql, params));
  }
  const db = openLocalDatabase(readSettings(process.env).state, CATALOG);
  if (!db) throw new Error("There is no database: run npm run dev first.");
  try {
    await use(async (sql, params) => db.prepare(sql).all(...params));
  } finally {
    db.close();
  }
}

try {
  await withDatabase(change);
  console.log(
    `${email} now has the role ${role}. It takes effect with the next access token, within 15 minutes.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
