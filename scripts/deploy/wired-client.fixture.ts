import Cloudflare from "cloudflare";
import { type ApiCall, operationOf } from "./recorded-api.ts";

/** Cloudflare's client with a transport that records requests. */
export function wiredClient(answer: (call: ApiCall) => Response) {
  const calls: ApiCall[] = [];
  const client = new Cloudflare({
    apiToken: "only-for-tests",
    maxRetries: 0,
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      const operation = operationOf(init?.method?.toUpperCase() ?? "GET", url);
      const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : {};
      const call = { operation, url, body: body as ApiCall["body"] };
      calls.push(call);
      return answer(call);
    },
  });
  return { client, calls };
}
