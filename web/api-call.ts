import { type ClientResponse, hc } from "hono/client";
import type { AppType } from "../workers/app.ts";
import { readApiError } from "./api-error.ts";
import { authorizedFetch } from "./http.ts";

/** The API, typed by its own routes. */
export const { v1, readyz } = hc<AppType>(location.origin, { fetch: authorizedFetch });

/** The body of a successful call. @throws ApiError for any other response */
export async function body<T>(call: Promise<ClientResponse<T, number, "json">>): Promise<T> {
  const response = await call;
  if (!response.ok) throw await readApiError(response);
  return response.json();
}

/** For calls without a response body. @throws ApiError */
export async function done(call: Promise<Response | ClientResponse<unknown>>): Promise<void> {
  const response = await call;
  if (!response.ok) throw await readApiError(response);
}

export const abortable = (signal?: AbortSignal) => ({ init: { signal } });
