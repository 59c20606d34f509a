/**
 * `npm run import`: uploads what `npm run export` has fetched to an account of another instance. A run that was broken
 * off is continued by the same command. The token needs the scopes videos:read, videos:write, uploads:write,
 * library:read and library:write.
 */
import { transferOf } from "./transfer/arguments.ts";
import { importAccount } from "./transfer/import-account.ts";

const USAGE = `Usage: npm run import -- --url https://… --token kin_… [--folder FOLDER]
Uploads what npm run export has fetched to an account of another site. The same command continues what was interrupted.

  --url URL       address of the site
  --token TOKEN   with the scopes videos:read, videos:write, uploads:write, library:read and library:write,
                  or in KINORA_TOKEN
  --folder FOLDER without it kinora-export`;

const transfer = transferOf(USAGE, process.env);
try {
  const failures = await importAccount(transfer.api, transfer.folder, console.log);
  if (failures.length > 0) {
    console.error(`${failures.length} not imported. Run the same command again to retry.`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
