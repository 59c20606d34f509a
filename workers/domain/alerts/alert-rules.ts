import type { AlertName } from "../../contract/alert-names.ts";
import { type MeasuredRow, type Numbers, numbersOf, shareOf, sumOf } from "../measured-numbers.ts";
import { type Metric, quantile } from "../metrics.ts";

/** The value of a rule, over the last `minutes`. */
type Measure =
  /** The newest value of a gauge; of several with other labels the largest. */
  | { kind: "gauge"; of: Numbers }
  /** The sum of a counter. */
  | { kind: "sum"; of: Numbers; minutes: number }
  /** A sum as a share of another, if the other is at least `min`. */
  | { kind: "share"; of: Numbers; to: readonly Numbers[]; minutes: number; min: number }
  /** Like `share`, if it is at least this many times the share of the last day; otherwise 0. */
  | {
      kind: "spike";
      of: Numbers;
      to: readonly Numbers[];
      minutes: number;
      min: number;
      times: number;
    }
  /** A quantile of a histogram, if it has at least `min` values. */
  | { kind: "quantile"; of: Numbers; share: number; minutes: number; min: number };

export interface AlertRule {
  title: string;
  severity: "critical" | "warning";
  measure: Measure;
  /** The limit above which the alert fires. */
  above: number;
  /** Display unit of the value and of `above`. */
  unit: "%" | "s" | "GB" | "$" | "";
  /** Factor that converts the value to that unit. */
  scale: number;
  /** How long the value has to be bad before a notification is sent. */
  forMinutes: number;
  /** The most probable cause, in a sentence. */
  cause: string;
  /** What to do first, in a sentence; the runbook has the rest. */
  action: string;
}

const MINUTES_PER_HOUR = 60;
const GIGABYTE = 1e9;
const verdicts: Numbers = { metric: "gate.requests" };
/** Requests that the token alone decides; limits and outages do not count. */
const refused: Numbers = {
  metric: "gate.requests",
  labels: { verdict: /^(?:invalid|expired)_playback_token$/ },
};
const everyone = { dimension: "all" };
const playing: Numbers = { metric: "quality.playing.ms", labels: everyone };
const rebuffering: Numbers = { metric: "quality.rebuffering.ms", labels: everyone };

/** The default rules. A deployment may change their limits or switch them off (`ALERT_LIMITS` of wrangler.toml). */
export const ALERT_RULES = {
  "failed-videos": {
    title: "Many videos cannot be transcoded",
    severity: "warning",
    measure: {
      kind: "share",
      of: { metric: "videos.failed" },
      to: [{ metric: "videos.failed" }, { metric: "videos.ready" }],
      minutes: MINUTES_PER_HOUR,
      min: 5,
    },
    above: 0.25,
    unit: "%",
    scale: 100,
    forMinutes: 0,
    cause: "A new version of the transcoder or of ffmpeg fails, or somebody uploads damaged files.",
    action:
      "Look at what they fail with on /admin/work. If it began with a deployment, roll the image back.",
  },
  "queue-age": {
    title: "Messages wait too long",
    severity: "critical",
    measure: { kind: "gauge", of: { metric: "queue.age.seconds" } },
    above: 1800,
    unit: "s",
    scale: 1,
    forMinutes: 2,
    cause:
      "A queue takes no messages or its consumer fails: search, purges and runners fall behind.",
    action: "Look at queue.age.seconds on /admin/metrics, which says which messages wait.",
  },
  "dead-letters": {
    title: "Messages were given up",
    severity: "warning",
    measure: { kind: "sum", of: { metric: "messages.dead" }, minutes: 15 },
    above: 0,
    unit: "",
    scale: 1,
    forMinutes: 0,
    cause: "Something fails with every attempt: the log event event.failed has the error.",
    action: "Open /admin/messages, repair the cause, then send the messages again.",
  },
  "no-runner": {
    title: "Videos are waiting, and no runner is working",
    severity: "critical",
    measure: { kind: "gauge", of: { metric: "runners.missing" } },
    above: 0,
    unit: "",
    scale: 1,
    forMinutes: 2,
    cause: "Containers do not start, or the runners elsewhere are switched off.",
    action: "Look for runner.start-failed in the log, and at /admin/runners for those elsewhere.",
  },
  "slow-playable": {
    title: "Videos take long to become playable",
    severity: "warning",
    measure: {
      kind: "quantile",
      of: { metric: "playable.ms" },
      share: 0.95,
      minutes: MINUTES_PER_HOUR,
      min: 3,
    },
    above: 10 * 60_000,
    unit: "s",
    scale: 0.001,
    forMinutes: 5,
    cause: "More is uploaded than the runners can encode, or a runner is slow.",
    action: "Raise MAX_RUNNERS, or add a runner.",
  },
  rebuffering: {
    title: "Viewers wait for rebuffering",
    severity: "warning",
    measure: {
      kind: "share",
      of: rebuffering,
      to: [rebuffering, playing],
      minutes: 15,
      min: 10 * 60_000,
    },
    above: 0.03,
    unit: "%",
    scale: 100,
    forMinutes: 5,
    cause:
      "Segments arrive slowly: R2 or the cache has a problem, or the ladder lacks a small rendition.",
    action: "Look at the cache hit rate on /admin/metrics, then at Cloudflare's status page.",
  },
  "server-errors": {
    title: "Requests fail",
    severity: "critical",
    measure: {
      kind: "share",
      of: { metric: "requests", labels: { status: "5xx" } },
      to: [{ metric: "requests" }],
      minutes: 5,
      min: 20,
    },
    above: 0.02,
    unit: "%",
    scale: 100,
    forMinutes: 2,
    cause: "A deployment has a fault, or D1 or R2 does not answer.",
    action: "Open /admin. If it began with a deployment, run npx wrangler rollback.",
  },
  "gate-refusals": {
    title: "Many requests for media are refused",
    severity: "warning",
    measure: { kind: "spike", of: refused, to: [verdicts], minutes: 10, min: 100, times: 3 },
    above: 0.2,
    unit: "%",
    scale: 100,
    forMinutes: 2,
    cause: "A secret or a signing key was changed too early, or somebody guesses tokens.",
    action: "If PLAYBACK_TOKEN_SECRETS was changed, add the old secret after the new one.",
  },
  "database-size": {
    title: "A database is nearly full",
    severity: "critical",
    measure: { kind: "gauge", of: { metric: "database.bytes" } },
    above: 8 * GIGABYTE,
    unit: "GB",
    scale: 1 / GIGABYTE,
    forMinutes: 0,
    cause: "The catalogue or the index has grown: D1 stops at 10 GB per database.",
    action: "Add a shard of SEARCH, or follow the runbook for CATALOG and METRICS.",
  },
  "storage-size": {
    title: "The bucket is larger than planned",
    severity: "warning",
    measure: { kind: "gauge", of: { metric: "storage.bytes" } },
    above: 1000 * GIGABYTE,
    unit: "GB",
    scale: 1 / GIGABYTE,
    forMinutes: 0,
    cause: "More is uploaded than planned. R2 has no limit of its own: this one is yours to set.",
    action: "Look at the largest creators on /admin/usage, or raise this limit in ALERT_LIMITS.",
  },
  "index-drift": {
    title: "The search index is behind",
    severity: "warning",
    measure: { kind: "gauge", of: { metric: "index.lag.seconds" } },
    above: 1200,
    unit: "s",
    scale: 1,
    forMinutes: 2,
    cause: "The cron of search fails, or more is changed than it can index.",
    action: "Look for search.failed and sweep.failed in the log, and repair what they name.",
  },
  "backup-age": {
    title: "The last backup is old",
    severity: "warning",
    measure: { kind: "gauge", of: { metric: "backup.age.seconds" } },
    above: 26 * 3600,
    unit: "s",
    scale: 1,
    forMinutes: 10,
    cause: "The backup of the cron fails.",
    action:
      "Look for sweep.failed in the log, and meanwhile run npm run backup -- --remote --to r2.",
  },
  "daily-cost": {
    title: "The cost of the last day is high",
    severity: "warning",
    measure: { kind: "gauge", of: { metric: "daily.dollars" } },
    above: 20,
    unit: "$",
    scale: 1,
    forMinutes: 5,
    cause: "More is uploaded or watched than usual, or a program asks without end.",
    action: "Look at /admin/usage for the service and the creators that cost most.",
  },
} as const satisfies Record<AlertName, AlertRule>;

/** The numbers of the last minutes, and of the last day by hour. */
export interface Measured {
  now: number;
  minutes: readonly MeasuredRow[];
  hours: readonly MeasuredRow[];
}

const MINUTE_MS = 60_000;
/** A gauge that was not measured for longer is unknown. */
const MAX_GAUGE_AGE_MINUTES = 5;

/** The metrics that a rule reads, and for how many minutes. */
export function needsOf({ measure }: AlertRule): { metrics: Metric[]; minutes: number } {
  const to = "to" in measure ? measure.to : [];
  const minutes = "minutes" in measure ? measure.minutes : MAX_GAUGE_AGE_MINUTES;
  return { metrics: [measure.of, ...to].map(({ metric }) => metric), minutes };
}

/** The value that a rule compares with its limit; null if there are too few numbers to tell. */
export function valueOf(rule: AlertRule, { now, minutes, hours }: Measured): number | null {
  const { measure } = rule;
  const since = now - needsOf(rule).minutes * MINUTE_MS;
  const rows = minutes.filter(({ at }) => at > since - MINUTE_MS);
  switch (measure.kind) {
    case "gauge": {
      const own = numbersOf(rows, measure.of);
      const newest = Math.max(...own.map(({ at }) => at));
      const values = own.filter(({ at }) => at === newest).map(({ total, n }) => total / n);
      return values.length > 0 ? Math.max(...values) : null;
    }
    case "sum":
      return sumOf(rows, measure.of);
    case "share":
      return shareOf(rows, measure.of, measure.to, measure.min);
    case "spike": {
      const share = shareOf(rows, measure.of, measure.to, measure.min);
      const usual = shareOf(hours, measure.of, measure.to, measure.min) ?? 0;
      return share !== null && share < usual * measure.times ? 0 : share;
    }
    case "quantile": {
      const own = numbersOf(rows, measure.of);
      const values = own.reduce((sum, { n }) => sum + n, 0);
      return values >= measure.min ? quantile(own, measure.share) : null;
    }
  }
}
