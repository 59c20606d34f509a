import type { Sizes } from "./tables.ts";

export interface YearOptions {
  seed: number;
  months: number;
  /** Milliseconds since the epoch. */
  startsAt: number;
}

/** The state of the site at the end of a month. */
export interface Month {
  month: number;
  /** Number of stored videos, including those in the bin. */
  videos: number;
  accounts: number;
  tables: Record<string, Sizes>;
}

declare module "vitest" {
  export interface ProvidedContext {
    year: YearOptions;
  }
  interface TaskMeta {
    months?: Month[];
  }
}

type Growth = "bounded" | "videos" | "accounts" | "month";
interface Reason {
  grows: Growth;
  why: string;
}

const bounded = (why: string): Reason => ({ grows: "bounded", why });
const videos = (why: string): Reason => ({ grows: "videos", why });
const accounts = (why: string): Reason => ({ grows: "accounts", why });
/** For rows that are kept longer than the simulated year. */
const months = (why: string): Reason => ({ grows: "month", why });

/** Why each table has its number of rows. A table that is missing here fails the simulation. */
export const REASONS: Readonly<Record<string, Readonly<Record<string, Reason>>>> = {
  CATALOG: {
    account: accounts("a way to sign in"),
    captions: videos("at most 50 tracks per video"),
    creator_followers: accounts("at most one per account"),
    creator_profiles: accounts("at most one per account"),
    creator_usage: accounts("one per creator"),
    creator_queues: bounded("creators with tasks"),
    deleted_accounts: bounded("kept for an hour"),
    dead_letters: bounded("the newest 1,000"),
    digests: accounts("at most one per account"),
    editors_pick: bounded("one row"),
    encode_usage: bounded("creators of today"),
    idempotency: bounded("kept for a day"),
    jwks: bounded("keys that sign tokens"),
    lanes: bounded("creators with tasks"),
    oauth_access_token: bounded("until they expire"),
    oauth_client: accounts("at most 20 apps per account"),
    oauth_client_assertion: bounded("until they expire"),
    oauth_client_resource: accounts("one per app"),
    oauth_consent: accounts("apps that an account uses"),
    oauth_refresh_token: bounded("until they expire"),
    oauth_resource: bounded("one: the API"),
    outbox: bounded("until they are handled"),
    passkey: accounts("at most 20 per account"),
    personal_access_token: accounts("at most 50 per account"),
    popular_searches: bounded("forgotten when few search for them"),
    rate_limit: bounded("kept for a day"),
    reconciliation: bounded("one row"),
    reports: videos("at most 50 open ones per video"),
    revocations: bounded("kept while a token may live"),
    runner_tokens: bounded("at most 200"),
    runners: bounded("forgotten after 30 days"),
    scheduler: bounded("one row"),
    search_picks: bounded("forgotten after some weeks"),
    session: bounded("until they expire"),
    signing_keys: accounts("at most 20 per account"),
    storage_checks: videos("one per video"),
    sweep_failures: bounded("forgotten when old"),
    tasks: videos("of the current version"),
    transcodes: videos("of the current version"),
    two_factor: accounts("one per account"),
    upload_parts: bounded("of open uploads"),
    uploads: videos("one per video"),
    user: accounts("one per account"),
    verification: bounded("until they expire"),
    videos: videos("one per video"),
    view_flushes: videos("one row per counter of views, each for many videos"),
    views: bounded("kept for two days"),
    watch_progress: bounded("of version 0.1.0, moved to the libraries"),
  },
  SEARCH: {
    body_a: videos("descriptions"),
    body_b: videos("descriptions"),
    captioned_a: videos("one per video with captions"),
    captioned_b: videos("one per video with captions"),
    cues_a: videos("parts of captions"),
    cues_b: videos("parts of captions"),
    docs_a: videos("one per video"),
    docs_b: videos("one per video"),
    head_a: videos("one per video"),
    head_b: videos("one per video"),
    titles_a: videos("one per video"),
    titles_b: videos("one per video"),
    typos_a: bounded("words of the language"),
    typos_b: bounded("words of the language"),
    words_a: bounded("words of the language"),
    words_b: bounded("words of the language"),
    index_state: bounded("one row per setting"),
  },
  METRICS: {
    inbox: bounded("an hour of batches"),
    minutes: bounded("two days of each metric and its labels"),
    hours: bounded("60 days of each metric and its labels"),
    days: months("two years of each metric and its labels"),
    rollups: bounded("one row"),
    alerts: bounded("one row per rule"),
    silences: bounded("one row per rule"),
    audience_inbox: bounded("an hour of messages"),
    audience_minutes: bounded("four days of each video that is watched"),
    audience_days: months("two years of each video that is watched"),
    audience_values: months(
      "two years of each video that is watched, at most 100 per dimension and day",
    ),
    audience_curves: months("two years of each video that is watched"),
    audience_upkeep: bounded("one row"),
  },
  CLAIM_DESK: {},
  LIBRARY: {
    likes: accounts("at most 10,000 per profile"),
    playlist_items: accounts("at most 500 videos per playlist"),
    playlists: accounts("at most 200 per account"),
    profile_pin: accounts("one row per object"),
    profiles: accounts("at most 6 per account"),
    progress: accounts("at most 10,000 watched videos per profile"),
    follow_marks: accounts("one row per object"),
    push_subscriptions: accounts("at most 10 browsers per account"),
    push_followers: accounts("some of the followers"),
    announced_videos: accounts("a creator's of three days, until the next one is announced"),
    followers: accounts("at most 500 follows per account"),
    follows: accounts("at most 500 per account"),
    schema_step: accounts("one row per object"),
    streams: bounded("until their tokens expire"),
    watch_settings: accounts("one row per profile"),
    watchlist: accounts("at most 2,000 videos per profile"),
  },
  RUNNER: {},
  VIEWS: {
    audience_messages: bounded("until the queue has them"),
    counter: videos("one row per object, each for many videos"),
    like_changes: bounded("until CATALOG has them"),
    likes: accounts("at most 10,000 per account"),
    picks: bounded("until CATALOG has them"),
    playbacks: bounded("kept while their tokens may live, and a day longer"),
    reports: bounded("kept for two days"),
    schema_step: videos("one row per object"),
    searches: bounded("kept for two days"),
  },
};

/** The growth that may be random. */
const SLACK_ROWS = 25;
const SLACK_RATIO = 1.5;

/** Rows per video or account if the table grows with them, at the end of a month. */
function rate(month: Month, rows: number, grows: Growth): number {
  if (grows === "bounded") return rows;
  return rows / Math.max(1, month[grows]);
}

/**
 * Whether the second half of the year has more rows than the first, per video or account if the table grows with them.
 * @param sizes the rows of one table at the end of each month
 */
export function isExplained(
  months: readonly Month[],
  rows: readonly number[],
  grows: Growth,
): boolean {
  const half = Math.ceil(months.length / 2);
  const rates = months.map((month, index) => rate(month, rows[index] ?? 0, grows));
  const [early, late] = [rates.slice(0, half), rates.slice(half)].map((part) =>
    Math.max(0, ...part),
  );
  const slack =
    grows === "bounded" ? SLACK_ROWS : SLACK_ROWS / Math.max(1, months.at(-1)?.[grows] ?? 1);
  return (late ?? 0) <= (early ?? 0) * SLACK_RATIO + slack;
}
