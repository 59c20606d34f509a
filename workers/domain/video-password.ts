import { slowHash } from "./slow-hash.ts";

/** Wrong passwords for one video from one address, until it has to pause. */
export const MAX_ATTEMPTS_PER_ADDRESS = 10;
/** And from all addresses together, so that many computers cannot guess for one. */
export const MAX_FAILURES_PER_VIDEO = 300;
export const ADDRESS_PAUSE_MS = 15 * 60_000;
export const VIDEO_PAUSE_MS = 3_600_000;

/** The video, the id of the password and a secret of the deployment are the salt. */
export function hashVideoPassword(
  secret: string,
  { videoId, id }: { videoId: string; id: string },
  password: string,
): Promise<string> {
  return slowHash(`video password ${secret} ${videoId} ${id}`, password);
}
