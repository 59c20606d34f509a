/**
 * `npm run admin -- <email> [--role viewer|creator|admin] [--remote]`: gives an account a role, by default `admin`, in the
 * local database, or with --remote in the deployed one (it uses your wrangler login).
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { Role } from "../workers/contract/accounts.ts";
import { readSettings, ROOT } from "./dev/settings.ts";

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
  console.error("Usage: npm run admin -- <email> [--role viewer|creator|admin] [--remote]");
  process.exit(2);
}
const { email, role } = arguments_.data;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const sql = `UPDATE user SET role = ${quoted(role)} WHERE email = ${quoted(email.toLowerCase())} RETURNING id`;
const target = values.remote
  ? ["--remote"]
  : ["--local", "--persist-to", readSettings(process.env).state];
const wrangler = ["d1", "execute", "kinora-catalog", ...target, "--json", "--command", sql];

const Output = z.array(z.object({ results: z.array(z.object({ id: z.string() })) }));
const output = execFileSync(join(ROOT, "node_modules/.bin/wrangler"), wrangler, {
  cwd: ROOT,
  encoding: "utf8",
});
if (Output.parse(JSON.parse(output)).some(({ results }) => results.length > 0)) {
  console.log(
    `${email} now has the role ${role}. It takes effect with the next access token, within 15 minutes.`,
  );
} else {
  console.error(`There is no account for ${email}. Sign up first.`);
  process.exit(1);
}
