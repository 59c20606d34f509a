/**
 * `npm run admin -- <email>`: gives an account a role, in the local database or in the deployed one. It is recorded in the
 * audit log.
 */
import { z } from "zod";
import { Role } from "../workers/contract/accounts.ts";
import { CATALOG, openLocalDatabase } from "./dev/local-databases.ts";
import { readSettings } from "./dev/settings.ts";
import { readCommandLine, refuseCommandLine, reportFailure } from "./command-line.ts";
import { type RunSql, recordCommand } from "./audit/record-command.ts";

const USAGE = `Usage: npm run admin -- EMAIL [--role ROLE] [--remote]
Gives an account a role. The audit log records it.

  --role ROLE   ${Role.options.join(", ")}; without it admin
  --remote      in the deployed instance, with your wrangler login or CLOUDFLARE_API_TOKEN; without it in npm run dev`;

const { values, positionals } = readCommandLine(USAGE, {
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
  const [{ path }] = arguments_.error.issues as [z.core.$ZodIssue];
  if (path[0] === "role") refuseCommandLine(`There is no role "${values.role}".`, USAGE);
  refuseCommandLine("Name the account by its e-mail address.", USAGE);
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
  await reportFailure(error);
}
