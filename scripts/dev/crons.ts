import { CRONS } from "../../workers/domain/crons.ts";

/**
 * URLs that each trigger one of the crons, since `wrangler dev` does not run them.
 * @param workerOrigin of `wrangler dev`
 */
export function cronUrls(workerOrigin: string): URL[] {
  return Object.values(CRONS).map((cron) => {
    const url = new URL("/cdn-cgi/local/scheduled", workerOrigin);
    url.searchParams.set("cron", cron);
    return url;
  });
}
