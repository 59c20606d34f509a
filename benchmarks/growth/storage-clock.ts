import { AwsClient } from "aws4fetch";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

const SIGNED_HEADERS = /^(authorization|x-amz-.*)$/;
const SIGNED_PARAMETERS = /^x-amz-/i;

/**
 * Signs requests to the storage again with the computer's clock, since the storage refuses requests dated otherwise.
 */
export function signByRealTime(): void {
  const client = new AwsClient({
    accessKeyId: env.S3_ACCESS_KEY_ID,
    secretAccessKey: env.S3_SECRET_ACCESS_KEY,
    service: "s3",
    region: "auto",
  });
  const send = globalThis.fetch;
  globalThis.fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(env.S3_ENDPOINT)) return send(request);
    const url = new URL(request.url);
    for (const name of [...url.searchParams.keys()])
      if (SIGNED_PARAMETERS.test(name)) url.searchParams.delete(name);
    const headers = [...request.headers].filter(([name]) => !SIGNED_HEADERS.test(name));
    const now = new Date(vi.getRealSystemTime()).toISOString();
    const signed = await client.sign(url, {
      method: request.method,
      headers,
      body: request.body === null ? null : await request.arrayBuffer(),
      aws: { datetime: now.replaceAll(/[:-]|\.\d{3}/g, "") },
    });
    return send(signed);
  };
}
