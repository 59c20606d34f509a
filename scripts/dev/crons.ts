import { CRONS } from "../../workers/domain/crons.ts";

/** Each runs one of the crons, which `wrangler dev` does not run. @param workerOrigin of `wrangler dev` */
export function cronUrls(workerOrigin: string): URL[] {
  return Object.values(CRONS).map((cron) => {
    const url = new URL("/cdn-cgi/local/scheduled", workerOrigin);
    url.searchParams.set("cron", cron);
    return url;
  });
}
