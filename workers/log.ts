import { currentTrace } from "./trace.ts";

type Severity = "info" | "warning" | "error";

/** Every event that the Worker logs, and how serious it is. docs/operations.md says what to do about them. */
const SEVERITY_OF_EVENT = {
  /** A request failed with an error that no code expected. */
  "request.failed": "error",
  /** A required part did not respond, so that a request was refused. */
  "request.unavailable": "warning",
  /** A caller was refused because of a limit. */
  "request.limited": "info",

  /** The Durable Object with an account's history does not respond: pages are served without it. */
  "library.unavailable": "error",

  /** A counter could not add its views to the catalogue; it tries again. */
  "views.not-flushed": "error",

  /** Numbers for the metrics could not be sent or stored. Nothing else depends on them. */
  "metrics.lost": "warning",
  /** METRICS is nearly full: the oldest day of analytics was deleted early. */
  "metrics.full": "warning",

  /** An alert starts or ends, and a receiver could not be notified. */
  "alert.firing": "error",
  "alert.resolved": "info",
  "alert.not-told": "warning",
  /** The external monitoring service does not accept the heartbeat. */
  "heartbeat.refused": "warning",

  "media.failed": "error",
  /** The view counter does not respond: the view of a playback may be missing. */
  "media.fetch-not-reported": "error",
  "media.catalog-unavailable": "error",
  "media.delivery-log-unavailable": "error",
  "media.owner-unavailable": "error",
  /** A creator's key cannot be imported: playback tokens signed with it are refused. */
  "media.bad-signing-key": "warning",

  "mail.refused": "error",
  /** Under DEV_MAIL mail is logged instead of sent. */
  "mail.not-sent": "info",

  /** A push service did not take a notification, which is not sent again. */
  "push.refused": "warning",
  /** The secret VAPID_KEYS is not a valid key pair: no notifications are sent. */
  "push.bad-keys": "error",

  "task.done": "info",
  "task.failed": "warning",
  "task.lost": "info",
  "task.expired": "warning",
  /** A video cannot be transcoded; its creator sees the reason. */
  "video.failed": "warning",
  /** A video was published, or unpublished, at the time that its creator had chosen. */
  "video.schedule-followed": "info",
  /** Automatic captions were empty, or someone has written captions in the meantime. */
  "captions.not-stored": "info",
  /** A runner, the storage or the Worker keeps interrupting it. */
  "task.interrupted-often": "error",
  "task.error": "error",
  "task.follow-up-failed": "warning",
  "task.write-retried": "warning",
  /** A runner stops, or has lost its tasks. */
  "runner.handed-back": "info",
  "runner.unfit": "error",
  "runner.start-failed": "error",
  "runner.wake-failed": "warning",
  "transcode.cleaned": "info",

  /** Tasks keep failing on this runner: it gets none for a while, and a container is replaced. */
  "runner.quarantined": "error",

  "event.failed": "error",
  /** An object that the catalogue knows is not in storage, or is not what it should be. */
  "storage.lost": "error",
  /** A viewer asked for an object that is not in storage. */
  "storage.missing": "warning",
  /** Lost objects are restored. */
  "storage.repaired": "info",
  /** Objects that nothing refers to were removed after a grace period. */
  "storage.orphans-removed": "info",
  "storage.orphans-found": "warning",
  "storage.hashed": "info",
  /** All of storage was compared with the catalogue. */
  "storage.reconciled": "info",
  /** A queue has given up a message, which is now in the table `dead_letters`. */
  "queue.dead-letter": "error",
  /** An admin had such a message sent again, or dismissed it. */
  "queue.dead-letter-resent": "info",
  "queue.dead-letter-dismissed": "info",
  /** An act was recorded in the audit log, with this hash. */
  "audit.recorded": "info",
  /** An account has filled its share of the audit log for this day: its act is not in it. */
  "audit.full": "warning",
  /** The database could not store an act in the audit log: this line has the whole entry. */
  "audit.lost": "error",
  /** A file could not be read from a link: `final` if the creator sees the reason, otherwise reading continues later. */
  "upload.link-failed": "info",
  /** An account has uploaded a file that a moderator has banned. */
  "video.banned-source": "info",
  /** CATALOG was copied to the bucket of backups. */
  "backup.made": "info",
  /** The accounts' Durable Objects were copied to the backup bucket, or restored from it. */
  "backup.libraries-copied": "info",
  "backup.libraries-restored": "warning",
  /** An admin ended a task, or retried everything that failed with one error. */
  "task.stopped": "info",
  "task.retried": "info",
  /** A moderator has decided about a report of a video. */
  "report.dismissed": "info",
  "report.video-hidden": "info",
  /** The settings of the site cannot be read: the last ones stay in use. */
  "settings.unavailable": "error",
  /** An admin has changed them. */
  "settings.changed": "info",
  /** An admin has changed another account. */
  "account.role-changed": "info",
  "account.quota-changed": "info",
  "account.invited": "info",
  "account.invitation-revoked": "info",
  "account.suspended": "info",
  "account.unsuspended": "info",
  "account.deleted": "info",
  "account.sessions-ended": "info",
  /** A message was sent again, since nothing shows that it was handled. */
  "outbox.sent-again": "warning",
  /** A queue did not take a message. */
  "outbox.refused": "error",
  /** An invocation ran more than 300 statements; D1 stops it at 1,000. */
  "database.many-statements": "warning",

  "sweep.failed": "error",
  "sweep.item-failed": "error",

  "search.failed": "error",
  "search.repaired": "info",
  "search.skipped": "warning",
  "search.drift": "warning",
  "search.rebuild": "info",
  "search.waiting": "warning",
  "search.rebuilt": "info",
} as const satisfies Record<string, Severity>;

export type LogEvent = keyof typeof SEVERITY_OF_EVENT;

/** The values of a failed query, which drizzle adds to its message: addresses and hashes of tokens may be among them. */
const QUERY_VALUES = /\nparams: .*?(?=\n +at |$)/s;

function logged(_key: string, value: unknown): unknown {
  if (value instanceof Error) return withCauses(value);
  return typeof value === "string" ? value.replace(QUERY_VALUES, "") : value;
}

/** An error's message and its causes: the message of a failed query has the query, its cause has the reason. */
function withCauses(error: Error): string {
  const { cause } = error;
  const text = String(error).replace(QUERY_VALUES, "");
  if (cause === undefined) return text;
  return `${text}\nCause: ${cause instanceof Error ? withCauses(cause) : JSON.stringify(cause)}`;
}

/**
 * Writes one line of JSON: severity, event, its context (trace.ts) and fields. An error is written with its causes.
 * Fields never hold tokens, users' URLs or mail addresses, because many people may read the logs.
 */
export function log(event: LogEvent, fields: Record<string, unknown> = {}): void {
  const severity = SEVERITY_OF_EVENT[event];
  const line = JSON.stringify({ severity, event, ...currentTrace(), ...fields }, logged);
  if (severity === "error") console.error(line);
  else if (severity === "warning") console.warn(line);
  else console.log(line);
}
