const DAY_MS = 86_400_000;
/** A night starts at two o'clock UTC. The next runs do the rest of its share, also during the day. */
const NIGHT_STARTS_MS = 2 * 3_600_000;
/** Interval of the cron `storage`. */
const RUN_INTERVAL_MS = 3 * 60_000;
/**
 * Every video is compared within this many nights, and a small site completely every night; the lists of the bucket
 * come after that.
 */
const NIGHTS_PER_ROUND = 24;
const MIN_VIDEOS_PER_NIGHT = 500;
/** In addition to the videos, a round reads the ids that have objects: three lists, this many ids per page. */
export const IDS_PER_PAGE = 500;
const PAGES_PER_VIDEO = 3 / IDS_PER_PAGE;
/** How many videos a run can certainly compare itself with the statements that one invocation may use. */
const VIDEOS_PER_RUN = 8;
/** Videos that one message hands over: twenty statements each, if all have to be repaired. */
export const VIDEOS_PER_MESSAGE = 10;
/** One batch of messages. A catalogue of eleven million videos would need more. */
export const MAX_MESSAGES_PER_RUN = 100;

/** Number of the night that a time belongs to. */
export const nightOf = (now: number): number => Math.floor((now - NIGHT_STARTS_MS) / DAY_MS);

/** How many steps a night has to do: each is a video or a page of ids. @param videos in the whole catalogue */
export function quotaOf(videos: number): number {
  const steps = videos * (1 + PAGES_PER_VIDEO);
  return Math.max(MIN_VIDEOS_PER_NIGHT, Math.ceil(steps / NIGHTS_PER_ROUND));
}

/**
 * How many messages a run hands over, each for some videos, so that the rest of the night's share, which one invocation
 * cannot do, is done before the next night.
 */
export function messagesToHandOver(quota: number, now: number): number {
  const nextNight = (nightOf(now) + 1) * DAY_MS + NIGHT_STARTS_MS;
  const runsLeft = Math.max(1, Math.floor((nextNight - now) / RUN_INTERVAL_MS));
  const excess = Math.ceil(quota / runsLeft) - VIDEOS_PER_RUN;
  return Math.min(MAX_MESSAGES_PER_RUN, Math.max(0, Math.ceil(excess / VIDEOS_PER_MESSAGE)));
}
