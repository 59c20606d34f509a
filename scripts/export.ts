/**
 * `npm run export`: fetches a whole account: the sources of all videos with their captions, chapters and posters,
 * playlists and series, profile and settings; with --renditions also downloads and renditions. A run that was broken
 * off is continued by the same command. The token needs the scopes videos:read and library:read.
 */
import { transferOf } from "./transfer/arguments.ts";
import { exportAccount } from "./transfer/export-account.ts";

const USAGE = `Usage: npm run export -- --url https://… --token kin_… [--folder FOLDER] [--renditions]
Fetches everything of an account into a folder. The same command continues what was interrupted.

  --url URL       address of the site
  --token TOKEN   with the scopes videos:read and library:read, or in KINORA_TOKEN
  --folder FOLDER without it kinora-export
  --renditions    also downloads and renditions`;

const { api, folder, renditions } = transferOf(USAGE, process.env);
try {
  const archive = await exportAccount(api, folder, {
    withRenditions: renditions,
    report: console.log,
  });
  const bytes = archive.videos.reduce((sum, { source }) => sum + (source?.bytes ?? 0), 0);
  console.log(
    `${folder}: ${archive.videos.length} videos (${(bytes / 1e9).toFixed(2)} GB of sources), ${archive.playlists.length} playlists and series.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.error("Run the same command again to continue.");
  process.exitCode = 1;
}
