import pRetry, { AbortError } from "p-retry";
import { Problem } from "../workers/contract/problem.ts";

/** Pauses between attempts: they grow from the first to the longest. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 3_000;

export interface RetryOptions {
  /** Timeout for one response: a connection to a killed server may never be closed. */
  timeoutMs: number;
  /** How long a call is repeated while the server does not respond or is temporarily unavailable. */
  retryMs: number;
}

const DEFAULT_RETRY: RetryOptions = { timeoutMs: 60_000, retryMs: 10_000 };

/**
 * Repeats a call that throws, with growing pauses.
 * @throws the last error when the time is over; at once the error inside an `AbortError`
 */
export const retryFor = <T>(retryMs: number, what: () => Promise<T>): Promise<T> =>
  pRetry(what, {
    retries: Infinity,
    maxRetryTime: retryMs,
    minTimeout: FIRST_PAUSE_MS,
    maxTimeout: MAX_PAUSE_MS,
    factor: 1.5,
  });

/**
 * A client of the API that signs in like the site, with a session that issues short-lived access tokens, or that uses a
 * personal access token.
 */
export class ApiClient {
  readonly origin: string;
  readonly retry: RetryOptions;
  readonly #headers: Readonly<Record<string, string>>;
  #cookie = "";
  #token = "";

  /**
   * @param origin the public origin, `http://localhost:8788`
   * @param headers of every request
   */
  constructor(
    origin: string,
    retry: Partial<RetryOptions> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.origin = origin;
    this.retry = { ...DEFAULT_RETRY, ...retry };
    this.#headers = headers;
  }

  /** Calls the API with a personal access token from now on. */
  useToken(token: string): void {
    this.#token = token;
  }

  /** Chooses the password of an account by a one-time link. @param token of the link */
  async choosePassword(token: string, newPassword: string): Promise<void> {
    const response = await this.#auth("reset-password", { token, newPassword });
    if (!response.ok) throw new Error(`The one-time link answered ${response.status}.`);
  }

  /** Deletes the account that is signed in. */
  async deleteAccount(password: string): Promise<void> {
    const response = await this.#auth("delete-user", { password });
    if (!response.ok) throw new Error(`Deleting the account answered ${response.status}.`);
  }

  /** Signs in; signs up first if there is no such account. */
  async signIn(account: { name: string; email: string; password: string }): Promise<void> {
    const { email, password } = account;
    let response = await this.#auth("sign-in/email", { email, password });
    if (response.status === 401) response = await this.#auth("sign-up/email", account);
    if (!response.ok)
      throw new Error(
        `Signing in as ${email} failed: ${response.status} ${(await response.text()).slice(0, 200)}`,
      );
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";", 1)[0])
      .join("; ");
    await this.#renewToken();
  }

  /**
   * Calls /v1 and repeats the call while the server does not respond.
   * @param isCreation whether it creates something; by default every POST does. It has an Idempotency-Key, so that a
   *   repeated call creates nothing twice
   * @returns the parsed JSON, or null for a response without a body
   * @throws Error with the detail of the problem
   */
  async call(
    method: string,
    path: string,
    body?: unknown,
    { isCreation = method === "POST" } = {},
  ): Promise<unknown> {
    const key = isCreation ? crypto.randomUUID() : undefined;
    const init = {
      method,
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return this.#request(path, init, async (response) => {
      const text = await response.text();
      return text === "" ? null : (JSON.parse(text) as unknown);
    });
  }

  /** Gets a response that is not JSON, such as a caption track. */
  readText(path: string): Promise<string> {
    return this.#request(path, { method: "GET" }, (response) => response.text());
  }

  /** Uploads a file with PUT. @param body its type is that of the content */
  async putFile(path: string, body: Blob): Promise<void> {
    const init = { method: "PUT", headers: { "content-type": body.type }, body };
    await this.#request(path, init, (response) => response.arrayBuffer());
  }

  async #request<T>(
    path: string,
    init: RequestInit & { method: string },
    read: (response: Response) => T | Promise<T>,
  ): Promise<T> {
    return retryFor(this.retry.retryMs, async () => {
      let response = await this.#send(path, init);
      // A personal token cannot be renewed.
      if (response.status === 401 && this.#cookie !== "") {
        await this.#renewToken();
        response = await this.#send(path, init);
      }
      if (response.ok) return read(response);
      const text = await response.text();
      const problem = Problem.safeParse(parseJson(text));
      const reason = problem.success
        ? `${problem.data.detail} (${problem.data.code})`
        : text.slice(0, 200);
      const error = new Error(`${init.method} ${path} answered ${response.status}: ${reason}`);
      // 409 and 429 say whether and when the call may be repeated.
      const isForNow = response.status >= 500 || response.headers.has("retry-after");
      throw isForNow ? error : new AbortError(error);
    });
  }

  #send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>) };
    return this.#fetch(path, {
      ...init,
      headers: { ...headers, authorization: `Bearer ${this.#token}` },
    });
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(this.retry.timeoutMs);
    const headers = { ...this.#headers, ...(init.headers as Record<string, string>) };
    return fetch(this.origin + path, { ...init, headers, signal });
  }

  /** Retries while the server is temporarily unavailable, as after a lost connection to the database. */
  #auth(path: string, body: unknown): Promise<Response> {
    return retryFor(this.retry.retryMs, async () => {
      const response = await this.#fetch(`/api/auth/${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          origin: this.origin,
          ...(this.#cookie === "" ? {} : { cookie: this.#cookie }),
        },
        body: JSON.stringify(body),
      });
      if (response.status === 503) throw new Error(`${path} answered 503.`);
      return response;
    });
  }

  async #renewToken(): Promise<void> {
    const response = await this.#fetch("/api/auth/token", { headers: { cookie: this.#cookie } });
    if (!response.ok)
      throw new Error(
        `No access token: ${response.status} ${(await response.text()).slice(0, 200)}`,
      );
    this.#token = ((await response.json()) as { token: string }).token;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
