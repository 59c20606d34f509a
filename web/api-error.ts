import type { Problem } from "../workers/contract/problem.ts";
import { fieldMessage } from "./field-message.ts";

/** A request that failed: `code` is stable, `message` is a sentence to show, `fields` says which inputs are wrong. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: { path: string; message: string }[];

  constructor(
    status: number,
    code: string,
    message: string,
    fields: { path: string; message: string }[] = [],
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/**
 * Messages for codes that come without one worth showing: those of better-auth and of an identity provider, and those
 * of the site itself. Every other code arrives with a readable detail.
 */
const MESSAGES = {
  invalid_email_or_password: "Incorrect email or password.",
  user_already_exists: "An account with this email already exists. Sign in instead.",
  user_already_exists_use_another_email:
    "An account with this email already exists. Sign in instead.",
  email_not_verified: "Confirm your email address first. We sent you a link.",
  invalid_token: "This link has expired or was already used. Request a new one.",
  invalid_code: "That code is incorrect. Codes change every 30 seconds.",
  invalid_two_factor_cookie: "Your sign-in timed out. Start again.",
  rate_limited: "Too many attempts. Wait a minute, then try again.",
  password_compromised: "This password appeared in a data breach. Choose a different one.",
  account_not_linked:
    "An account with this email already exists. Sign in with its password instead.",
  access_denied: "You didn’t give permission to sign in.",
  invalid_fields: "Some fields are not valid. Check them and try again.",
  invalid_link: "Part of this address is not valid. The link may be broken or out of date.",
  offline: "Can’t reach the server. Check your connection and try again.",
  server_error: "Something went wrong on our end. Try again in a moment.",
  unexpected: "Something went wrong. Try again.",
} as const;

/** The message of an error that comes as a bare code, from better-auth or in the address of a redirect. */
export function messageOf(code: string, detail: string = MESSAGES.unexpected): string {
  return Object.hasOwn(MESSAGES, code) ? MESSAGES[code as keyof typeof MESSAGES] : detail;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** What the API says of wrong input is for programs: it names the parts of its schemas. */
const SCHEMA_PATH = /^(?:(?:param|query|header|body)\b|\[|[a-z]\w*(?:\.\w+)*: )/;

/** The field in `name: must have 1 to 80 characters` or `[body.email] Invalid email address`, as the auth library writes. */
function fieldIn(detail: string): ApiError["fields"] {
  const [, inBrackets, name, message] = /^(?:\[body\.([\w.]+)\]|(\w+):) (.+)$/.exec(detail) ?? [];
  return message === undefined ? [] : [{ path: `body.${inBrackets ?? name}`, message }];
}

/**
 * A problem in the words of the site. Input that does not fit comes from the address (a mistyped id is a page that does not
 * exist), or from a form, whose fields show what is wrong with them.
 */
function fromProblem({ code, detail, errors = [] }: Problem, status: number): ApiError {
  const targets = errors.map(({ path }) => path.split(".")[0]);
  if (targets.includes("param")) return new ApiError(404, "not_found", MESSAGES.invalid_link);
  if (targets.includes("query")) return new ApiError(status, code, MESSAGES.invalid_link);
  if (status !== 400 || !SCHEMA_PATH.test(detail))
    return new ApiError(status, code, detail, errors);
  const fields = errors.length > 0 ? errors : fieldIn(detail);
  return new ApiError(status, code, MESSAGES.invalid_fields, fields);
}

/** The error that a response which is not 2xx stands for, also when a proxy in between wrote it. */
export async function readApiError(response: Response): Promise<ApiError> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return fromProblem(body, status);
  return status >= 500
    ? new ApiError(status, "server_error", MESSAGES.server_error)
    : new ApiError(status, "unexpected", `The server rejected this request (status ${status}).`);
}

/** Any thrown value as an error to show. One that is not an `ApiError` is a bug, and is reported as one. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  reportError(error);
  return new ApiError(0, "unexpected", MESSAGES.unexpected);
}

/** The messages about single inputs, by every name in their path: `body.rules.countries.2` has `rules` and `countries`. */
export function fieldErrorsOf(error: ApiError | null): Record<string, string> {
  const entries = error?.fields.flatMap(({ path, message }) => {
    const [, ...names] = path.split(".");
    return names.map((name) => [name, fieldMessage(message)]);
  });
  return Object.fromEntries(entries ?? []) as Record<string, string>;
}
