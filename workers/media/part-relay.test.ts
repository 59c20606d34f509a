import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { PartUrls, UploadCompleted, UploadCreated } from "../contract/uploads.ts";
import { sourceKey } from "./storage-keys.ts";
import { newAccount, problemOf, type TestApp } from "../../tests/support/worker/api.ts";

const MIB = 1024 ** 2;
const SIZE = 9 * MIB;
/** An instance without an S3 token. */
const relayed: Env = {
  ...env,
  UPLOAD_PARTS: "worker",
  S3_ACCESS_KEY_ID: "",
  S3_SECRET_ACCESS_KEY: "",
};

async function send(app: TestApp, method: string, path: string, body?: unknown): Promise<Response> {
  const ctx = createExecutionContext();
  const init =
    body instanceof Uint8Array
      ? { method, body }
      : {
          method,
          headers: { "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        };
  const response = await app.request(path, init, relayed, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

async function opened(app: TestApp) {
  const file = { filename: "a.mp4", size: SIZE, contentType: "video/mp4" };
  const upload = UploadCreated.parse(await (await send(app, "POST", "/v1/uploads", file)).json());
  const numbers = { partNumbers: [1, 2] };
  const answer = await send(app, "POST", `/v1/uploads/${upload.id}/parts`, numbers);
  return { upload, parts: PartUrls.parse(await answer.json()).parts };
}

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
const pathOf = (url: string | undefined) => {
  const { pathname, search, origin } = new URL(url ?? "");
  expect(origin).toBe(env.PUBLIC_ORIGIN);
  return pathname + search;
};

test("without an S3 token a file is uploaded through the Worker part by part and transcoded", async () => {
  const { app } = await newAccount();
  const { upload, parts } = await opened(app);
  for (const [index, length] of [8 * MIB, MIB].entries()) {
    const part = parts[index];
    const stored = await send(app, "PUT", pathOf(part?.url), bytes(length, index + 1));
    expect(stored.status).toBe(200);
    const etag = stored.headers.get("etag");
    expect(etag).toMatch(/^".+"$/);
    const record = `/v1/uploads/${upload.id}/parts/${index + 1}`;
    expect((await send(app, "PUT", record, { etag })).status).toBe(204);
  }
  const complete = `/v1/uploads/${upload.id}/complete`;
  const done = UploadCompleted.parse(await (await send(app, "POST", complete)).json());
  expect(done.state).toBe("queued");
  const object = await env.MEDIA.get(sourceKey(upload.videoId, upload.id));
  const content = new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer());
  expect([content.length, content[0], content[8 * MIB - 1], content[8 * MIB]]).toEqual([
    SIZE,
    1,
    1,
    2,
  ]);
  // The response to a `complete` request may be lost.
  expect((await send(app, "POST", complete)).status).toBe(200);
  // The upload has ended, and so have its URLs.
  const late = await send(app, "PUT", pathOf(parts[0]?.url), bytes(8 * MIB, 9));
  expect((await problemOf(late)).code).toBe("upload_closed");
});

test("a part URL accepts one part of its exact length and cannot be forged or altered", async () => {
  const { app } = await newAccount();
  const { upload, parts } = await opened(app);
  const path = pathOf(parts[1]?.url);
  for (const length of [1, MIB - 1, MIB + 1, 8 * MIB])
    expect((await problemOf(await send(app, "PUT", path, bytes(length, 1)))).code).toBe(
      "part_size_mismatch",
    );
  for (const forged of ["/api/parts", "/api/parts?token=", `${path.slice(0, -2)}AA`])
    expect((await problemOf(await send(app, "PUT", forged, bytes(MIB, 1)))).code).toBe("forbidden");
  // Only PUT is allowed.
  expect((await send(app, "GET", path)).status).toBe(405);

  const abort = `/v1/uploads/${upload.id}`;
  expect((await send(app, "DELETE", abort)).status).toBe(204);
  expect((await send(app, "DELETE", abort)).status).toBe(204);
  expect((await problemOf(await send(app, "PUT", path, bytes(MIB, 1)))).code).toBe("upload_closed");
});

test("parts missing in the storage are requested again", async () => {
  const { app } = await newAccount();
  const { upload } = await opened(app);
  for (const part of [1, 2])
    await send(app, "PUT", `/v1/uploads/${upload.id}/parts/${part}`, { etag: '"none"' });
  const refused = await send(app, "POST", `/v1/uploads/${upload.id}/complete`);
  expect((await problemOf(refused)).code).toBe("part_missing");
});
