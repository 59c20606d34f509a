import type { Problem } from "../workers/contract/problem.ts";
import { SOURCE_LANGUAGE } from "./i18n/languages.ts";
import { language, type PlainKey, t } from "./i18n/translate.ts";

/** A request that failed: `code` is stable, `message` is a sentence to show, `fields` says which inputs are wrong. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: { path: string; message: string }[];
  readonly #text: string | (() => string);

  /** @param text a function for a text of the site: the first requests may fail before its messages are loaded */
  constructor(
    status: number,
    code: string,
    text: string | (() => string),
    fields: { path: string; message: string }[] = [],
  ) {
    super();
    this.#text = text;
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  override get message(): string {
    return typeof this.#text === "string" ? this.#text : this.#text();
  }
}

/**
 * Codes without a readable message: the codes of better-auth and of identity providers, and the site's own. Every other
 * code comes with a readable detail.
 */
const MESSAGES = {
  invalid_email_or_password: "error.invalid_email_or_password",
  user_already_exists: "error.user_already_exists",
  user_already_exists_use_another_email: "error.user_already_exists",
  email_not_verified: "error.email_not_verified",
  invalid_token: "error.invalid_token",
  invalid_code: "error.invalid_code",
  invalid_two_factor_cookie: "error.invalid_two_factor_cookie",
  rate_limited: "error.rate_limited",
  password_compromised: "error.password_compromised",
  account_not_linked: "error.account_not_linked",
  account_suspended: "problem.account_suspended",
  access_denied: "error.access_denied",
  invalid_fields: "error.invalid_fields",
  invalid_link: "error.invalid_link",
  offline: "error.offline",
  server_error: "error.server_error",
  unexpected: "error.unexpected",
} as const satisfies Record<string, PlainKey>;

/** Short, translated versions of the API's details, which are in English only. */
const PROBLEMS = {
  unauthenticated: "problem.unauthenticated",
  forbidden: "problem.forbidden",
  insufficient_scope: "problem.insufficient_scope",
  not_found: "problem.not_found",
  account_suspended: "problem.account_suspended",
  above_maturity_limit: "problem.above_maturity_limit",
  limited_profile: "problem.limited_profile",
  pin_required: "problem.pin_required",
  wrong_pin: "problem.wrong_pin",
  pin_paused: "problem.pin_paused",
  conflict: "problem.conflict",
  limit_reached: "problem.limit_reached",
  upload_closed: "problem.upload_closed",
  not_playable: "problem.not_playable",
  too_many_captions: "problem.too_many_captions",
  too_many_keys: "problem.too_many_keys",
  too_many_streams: "problem.too_many_streams",
  payload_too_large: "problem.payload_too_large",
  empty_file: "problem.empty_file",
  file_too_large: "problem.file_too_large",
  quota_exceeded: "problem.quota_exceeded",
  not_a_video_type: "problem.not_a_video_type",
  invalid_captions: "problem.invalid_captions",
  storage_unavailable: "problem.storage_unavailable",
  unavailable: "problem.unavailable",
} as const satisfies Record<string, PlainKey>;

/** The detail of a problem or, in other languages than English, the meaning of its code. */
export function problemText(code: string, detail: string): string {
  if (language() === SOURCE_LANGUAGE) return detail;
  return Object.hasOwn(PROBLEMS, code) ? t(PROBLEMS[code as keyof typeof PROBLEMS]) : detail;
}

/** The message of an error that comes as a bare code, from better-auth or in the address of a redirect. */
export function messageOf(code: string, detail?: string): string {
  if (Object.hasOwn(MESSAGES, code)) return t(MESSAGES[code as keyof typeof MESSAGES]);
  return detail ?? t("error.unexpected");
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** The API's message about invalid input is for programs: it names parts of its schemas. */
const SCHEMA_PATH = /^(?:(?:param|query|header|body)\b|\[|[a-z]\w*(?:\.\w+)*: )/;

/**
 * Matches the field in `name: must have 1 to 80 characters` or `[body.email] Invalid email address`, as the auth
 * library writes.
 */
function fieldIn(detail: string): ApiError["fields"] {
  const [, inBrackets, name, message] = /^(?:\[body\.([\w.]+)\]|(\w+):) (.+)$/.exec(detail) ?? [];
  return message === undefined ? [] : [{ path: `body.${inBrackets ?? name}`, message }];
}

/**
 * A problem in the words of the site. Input that does not fit comes from the address (a mistyped id is a page that does not
 * exist), or from a form, whose fields show what is wrong with them.
 */
function fromProblem({ code, detail, requestId, errors = [] }: Problem, status: number): ApiError {
  if (code === "internal")
    return new ApiError(status, code, () => t("error.internal", { requestId }));
  const targets = errors.map(({ path }) => path.split(".")[0]);
  if (targets.includes("param"))
    return new ApiError(404, "not_found", () => t("error.invalid_link"));
  if (targets.includes("query")) return new ApiError(status, code, () => t("error.invalid_link"));
  if (status !== 400 || !SCHEMA_PATH.test(detail))
    return new ApiError(status, code, () => problemText(code, detail), errors);
  const fields = errors.length > 0 ? errors : fieldIn(detail);
  return new ApiError(status, code, () => t("error.invalid_fields"), fields);
}

/** The error of a response that is not 2xx, even if a proxy in between produced it. */
export async function readApiError(response: Response): Promise<ApiError> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return fromProblem(body, status);
  return status >= 500
    ? new ApiError(status, "server_error", () => t("error.server_error"))
    : new ApiError(status, "unexpected", () => t("error.rejected", { status }));
}

/** Any thrown value as an error to show. One that is not an `ApiError` is a bug, and is reported as one. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  reportError(error);
  return new ApiError(0, "unexpected", () => t("error.unexpected"));
}
