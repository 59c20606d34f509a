import type { z } from "zod";
import {
  ClaimAnswer,
  type ClaimRequest,
  type HandBack,
  ProgressAnswer,
  type ProgressReport,
  ResultAnswer,
  type ResultReport,
} from "../../../workers/contract/runner-api.ts";
import { traceHeaders } from "./trace.ts";

/** Timeout for calls that are answered at once. A claim may wait for work in addition. */
const TIMEOUT_MS = 30_000;

/** Where a process finds the runner API, and as whom it calls it. */
export interface RunnerApiOptions {
  /** URL without a trailing slash. */
  base: string;
  /** Sent as a bearer token; a container has none. */
  token?: string | undefined;
}

/** The API responded that it will never accept this call. */
export class CallRefused extends Error {
  readonly status: number;

  constructor(path: string, status: number, body: string) {
    super(`${path}: ${status} ${body.slice(0, 300)}`);
    this.name = "CallRefused";
    this.status = status;
  }
}

/** Client of the runner API (workers/contract/runner-api.ts). Each call is one request; callers repeat failed calls. */
export class RunnerApi {
  readonly #options: RunnerApiOptions;

  constructor(options: RunnerApiOptions) {
    this.#options = options;
  }

  /** Headers of every call, those to the storage included. */
  get headers(): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** Base URL of the storage that a claimed task's token opens. */
  storageUrl(token: string): string {
    return `${this.#options.base}/storage/${token}`;
  }

  claim(request: ClaimRequest, signal: AbortSignal): Promise<ClaimAnswer> {
    return this.#post("claim", request, ClaimAnswer, request.waitSeconds * 1000, signal);
  }

  progress(report: ProgressReport): Promise<ProgressAnswer> {
    return this.#post("progress", report, ProgressAnswer);
  }

  result(report: ResultReport): Promise<ResultAnswer> {
    return this.#post("result", report, ResultAnswer);
  }

  async handBack(request: HandBack): Promise<void> {
    const response = await this.#send("hand-back", request, TIMEOUT_MS);
    await response.body?.cancel();
  }

  async #post<T>(
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    waitMs = 0,
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.#send(path, body, waitMs + TIMEOUT_MS, signal);
    return schema.parse(await response.json());
  }

  /** @throws CallRefused for a status that a repetition does not change, Error for any other failure */
  async #send(
    path: string,
    body: unknown,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${this.#options.base}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...traceHeaders(), ...this.headers },
      body: JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      redirect: "error",
    });
    if (response.ok) return response;
    const text = await response.text();
    if (response.status < 500 && response.status !== 429 && response.status !== 408)
      throw new CallRefused(path, response.status, text);
    throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  }
}
