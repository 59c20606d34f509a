import { APIConnectionError, APIError } from "cloudflare";

const FORBIDDEN = new Set([401, 403]);
/** Codes of Cloudflare for a token that is malformed, unknown or out of date; some come with the status 400. */
const TOKEN_CODES = new Set([6003, 6111, 9106, 9109, 10_000, 10_001]);
const TOO_MANY_REQUESTS = 429;

/** The innermost cause: `getaddrinfo ENOTFOUND api.cloudflare.com`. */
function causeOf(error: Error): string {
  return error.cause instanceof Error
    ? causeOf(error.cause)
    : error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}

function explainRefusal(error: APIError<number>): string {
  const said =
    error.errors.map(({ code, message }) => `${message} (${code})`).join("; ") || error.message;
  const isTokenRefused =
    FORBIDDEN.has(error.status) || error.errors.some(({ code = 0 }) => TOKEN_CODES.has(code));
  if (isTokenRefused)
    return `Cloudflare refused the API token: ${said}. Run \`npx wrangler login\` again, or check CLOUDFLARE_API_TOKEN (docs/operations.md lists its permissions).`;
  if (error.status === TOO_MANY_REQUESTS || error.status >= 500)
    return `Cloudflare's API cannot answer at the moment: ${said}. Run the same command again in a few minutes.`;
  return `Cloudflare refused a request: ${said}.`;
}

/** What to print for an error of a command that calls Cloudflare: what happened, and what to do about it. */
export function explainApiError(error: unknown): string {
  if (error instanceof APIConnectionError)
    return `Cloudflare's API cannot be reached: ${causeOf(error)}. Check the network, then run the same command again.`;
  if (error instanceof APIError && typeof error.status === "number")
    return explainRefusal(error as APIError<number>);
  return error instanceof Error ? error.message : String(error);
}
