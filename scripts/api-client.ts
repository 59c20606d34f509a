import { Problem } from "../workers/contract/problem.ts";

const MAX_READ_ATTEMPTS = 6;
/** Pause before the second attempt; each further pause is longer by this. */
const RETRY_DELAY_MS = 500;

/** A client of the API that signs in like the site: with a session, which issues short-lived access tokens. */
export class ApiClient {
  readonly origin: string;
  #cookie = "";
  #token = "";

  /** @param origin the public origin, `http://localhost:8788` */
  constructor(origin: string) {
    this.origin = origin;
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
   * Calls /v1. Reads are retried while the server does not answer.
   * @returns the parsed JSON, or null for 204
   * @throws Error with the detail of the problem
   */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    let response = await this.#answer(method, path, body);
    if (response.status === 401) {
      await this.#renewToken();
      response = await this.#send(method, path, body);
    }
    if (response.status === 204) return null;
    if (response.ok) return response.json();
    const text = await response.text();
    const problem = Problem.safeParse(parseJson(text));
    const reason = problem.success
      ? `${problem.data.detail} (${problem.data.code})`
      : text.slice(0, 200);
    throw new Error(`${method} ${path} answered ${response.status}: ${reason}`);
  }

  async #answer(method: string, path: string, body: unknown): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const isLast = method !== "GET" || attempt === MAX_READ_ATTEMPTS;
      try {
        const response = await this.#send(method, path, body);
        if (isLast || response.status < 500) return response;
      } catch (error) {
        // A dev server closes its connections when it reloads.
        if (isLast) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, attempt * RETRY_DELAY_MS));
    }
  }

  #send(method: string, path: string, body: unknown): Promise<Response> {
    return fetch(this.origin + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #auth(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.origin}/api/auth/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: this.origin },
      body: JSON.stringify(body),
    });
  }

  async #renewToken(): Promise<void> {
    const response = await fetch(`${this.origin}/api/auth/token`, {
      headers: { cookie: this.#cookie },
    });
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
