import { slowHash } from "./slow-hash.ts";

/** Wrong passwords for one video from one address, after which it has to pause. */
export const MAX_ATTEMPTS_PER_ADDRESS = 10;
/** Wrong passwords from all addresses together, so that many computers cannot guess on one's behalf. */
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
