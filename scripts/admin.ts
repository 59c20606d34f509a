/**
 * `npm run admin -- <email> [--role viewer|creator|admin] [--remote]`: gives an account a role, `admin` unless said
 * otherwise. It speaks to the local database, or with --remote to the deployed one through your wrangler login.
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
const where = values.remote
  ? ["--remote"]
  : ["--local", "--persist-to", readSettings(process.env).state];
const wrangler = ["d1", "execute", "kinora-catalog", ...where, "--json", "--command", sql];

const Answer = z.array(z.object({ results: z.array(z.object({ id: z.string() })) }));
const output = execFileSync(join(ROOT, "node_modules/.bin/wrangler"), wrangler, {
  cwd: ROOT,
  encoding: "utf8",
});
if (Answer.parse(JSON.parse(output)).some(({ results }) => results.length > 0)) {
  console.log(
    `${email} has the role ${role} now; it shows with the next access token, at most 15 minutes from now.`,
  );
} else {
  console.error(`There is no account with the address ${email}. Sign up first.`);
  process.exit(1);
}
