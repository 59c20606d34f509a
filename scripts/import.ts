/**
 * `npm run import -- --url https://video.example.com --token kin_… [--folder kinora-export]`: uploads what `npm run export` has
 * fetched to an account of another instance. A run that was broken off is continued by the same command. The token needs the
 * scopes videos:read, videos:write, uploads:write, library:read and library:write.
 */
import { transferOf } from "./transfer/arguments.ts";
import { importAccount } from "./transfer/import-account.ts";

const transfer = transferOf(process.argv.slice(2), process.env);
if (!transfer) {
  console.error("Usage: npm run import -- --url https://… --token kin_… [--folder kinora-export]");
  process.exit(2);
}
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
