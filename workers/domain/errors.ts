/**
 * Every error code the API may answer with, its HTTP status and title. A code never changes its meaning;
 * clients and tests rely on it.
 */
export const ERRORS = {
  invalid_request: { status: 400, title: "The request is not valid" },
  invalid_cursor: { status: 400, title: "The cursor is not valid" },
  unauthenticated: { status: 401, title: "Sign in first" },
  invalid_token: { status: 401, title: "The access token is not valid" },
  insufficient_scope: { status: 403, title: "The access token lacks a scope" },
  forbidden: { status: 403, title: "Not allowed" },
  invalid_playback_token: { status: 403, title: "The playback token is not valid" },
  expired_playback_token: { status: 403, title: "The playback token has expired" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  conflict: { status: 409, title: "Not possible in the current state" },
  idempotency_conflict: { status: 409, title: "The idempotency key was used for another request" },
  upload_closed: { status: 409, title: "The upload is no longer open" },
  not_playable: { status: 409, title: "The video cannot be played yet" },
  too_many_captions: { status: 409, title: "Too many caption tracks" },
  too_many_keys: { status: 409, title: "Too many signing keys" },
  too_many_streams: { status: 409, title: "Too many playbacks at once" },
  precondition_failed: { status: 412, title: "Precondition failed" },
  payload_too_large: { status: 413, title: "Too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  range_not_satisfiable: { status: 416, title: "Range not satisfiable" },
  empty_file: { status: 422, title: "The file is empty" },
  file_too_large: { status: 422, title: "The file is too large" },
  quota_exceeded: { status: 422, title: "The storage quota is used up" },
  not_a_video_type: { status: 422, title: "Not a video" },
  part_out_of_range: { status: 422, title: "No such part" },
  part_missing: { status: 422, title: "A part is missing" },
  part_size_mismatch: { status: 422, title: "A part has the wrong size" },
  upload_mismatch: { status: 422, title: "The stored file is not the one announced" },
  invalid_captions: { status: 422, title: "The captions are not valid" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong on our side" },
  storage_unavailable: { status: 503, title: "The storage does not answer" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Thrown by any layer; `workers/problem.ts` is the one place that turns it into a response. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly headers: Record<string, string>;
  readonly fields: { path: string; message: string }[] | undefined;

  /** @param detail what happened and what to do, for the person who reads it */
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
