/**
 * Every error code that the API may return, with its HTTP status and title. The meaning of a code never changes:
 * clients rely on it.
 */
export const ERRORS = {
  invalid_request: { status: 400, title: "Invalid request" },
  invalid_cursor: { status: 400, title: "Invalid cursor" },
  unauthenticated: { status: 401, title: "Sign in required" },
  invalid_token: { status: 401, title: "Invalid access token" },
  insufficient_scope: { status: 403, title: "Insufficient scope" },
  forbidden: { status: 403, title: "Not allowed" },
  above_maturity_limit: { status: 403, title: "Above the maturity limit" },
  limited_profile: { status: 403, title: "Not allowed in this profile" },
  pin_required: { status: 403, title: "PIN required" },
  wrong_pin: { status: 403, title: "Wrong PIN" },
  password_required: { status: 403, title: "Password required" },
  wrong_password: { status: 403, title: "Wrong password" },
  invitation_required: { status: 403, title: "Invitation required" },
  premiere_pending: { status: 403, title: "Not started yet" },
  access_link_ended: { status: 403, title: "Link no longer valid" },
  invalid_playback_token: { status: 403, title: "Invalid playback token" },
  expired_playback_token: { status: 403, title: "Playback token expired" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  conflict: { status: 409, title: "Conflict with the current state" },
  idempotency_conflict: { status: 409, title: "Idempotency key already used" },
  limit_reached: { status: 409, title: "Limit reached" },
  upload_closed: { status: 409, title: "Upload closed" },
  not_playable: { status: 409, title: "Video not ready to play" },
  too_many_captions: { status: 409, title: "Too many caption tracks" },
  too_many_keys: { status: 409, title: "Too many signing keys" },
  too_many_streams: { status: 409, title: "Too many concurrent streams" },
  precondition_failed: { status: 412, title: "Precondition failed" },
  payload_too_large: { status: 413, title: "Request too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  range_not_satisfiable: { status: 416, title: "Range not satisfiable" },
  empty_file: { status: 422, title: "File is empty" },
  file_too_large: { status: 422, title: "File too large" },
  quota_exceeded: { status: 422, title: "Storage quota exceeded" },
  not_a_video_type: { status: 422, title: "Not a video file" },
  part_out_of_range: { status: 422, title: "No such part" },
  part_missing: { status: 422, title: "Part missing" },
  part_size_mismatch: { status: 422, title: "Wrong part size" },
  upload_mismatch: { status: 422, title: "Upload does not match" },
  link_refused: { status: 422, title: "Link not accepted" },
  link_unreachable: { status: 422, title: "Link cannot be read" },
  link_changed: { status: 422, title: "File has changed" },
  link_too_slow: { status: 422, title: "Link too slow" },
  banned_source: { status: 422, title: "File not accepted" },
  blocked_words: { status: 422, title: "Word not allowed" },
  invalid_captions: { status: 422, title: "Invalid captions" },
  rate_limited: { status: 429, title: "Too many requests" },
  password_paused: { status: 429, title: "Too many wrong passwords" },
  pin_paused: { status: 429, title: "Too many wrong PINs" },
  internal: { status: 500, title: "Internal server error" },
  storage_unavailable: { status: 503, title: "Storage unavailable" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Thrown by any layer; only `workers/problem.ts` turns it into a response. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly headers: Record<string, string>;
  readonly fields: { path: string; message: string }[] | undefined;

  /** @param detail what happened and what to do about it, shown to people */
  constructor(
    code: ErrorCode,
    detail: string,
    options: {
      cause?: unknown;
      headers?: Record<string, string>;
      fields?: { path: string; message: string }[];
    } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.headers = options.headers ?? {};
    this.fields = options.fields;
  }
}
