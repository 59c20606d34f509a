import { env, exports } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { anonymous, call, problemOf } from "../tests/support/worker/api.ts";
import {
  claimFor,
  db,
  encoderFailed,
  jobContext,
  queuedVideo,
  stopEverything,
  videoRow,
} from "../tests/support/worker/transcoding.ts";
import { outbox } from "./db/upkeep-schema.ts";
import { transcodes } from "./db/transcoding-schema.ts";
import { log } from "./log.ts";
import { loggablePath, requestIdOf, traced } from "./trace.ts";

interface Line {
  severity: string;
  event: string;
  requestId?: string;
  invocation?: string;
  [field: string]: unknown;
}

const lines: Line[] = [];
const { warn, log: write, error } = console;
beforeEach(async () => {
  await stopEverything();
  lines.length = 0;
  const keep =
    (pass: typeof write) =>
    (text: string): void => {
      if (text.startsWith("{")) lines.push(JSON.parse(text) as Line);
      pass(text);
    };
  vi.spyOn(console, "warn").mockImplementation(keep(warn));
  vi.spyOn(console, "log").mockImplementation(keep(write));
  vi.spyOn(console, "error").mockImplementation(keep(error));
});
afterEach(() => vi.restoreAllMocks());

const linesOf = (event: string) => lines.filter((line) => line.event === event);

test.each([
  ["/v1/videos/abc", "/v1/videos/abc"],
  ["/media/eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln/v/1/master.m3u8", "/media/…"],
  ["/api/runner/storage/eyJhbGciOiJ9.eyJ9.c2ln/videos/v", "/api/runner/storage/…"],
  ["/api/auth/reset-password/Zm9vYmFy", "/api/auth/reset-password/…"],
])("the path %s is logged as %s", (path, logged) => {
  expect(loggablePath(path)).toBe(logged);
});

test("a caller may choose a request id if it is valid", () => {
  expect(requestIdOf("upload-of-today")).toBe("upload-of-today");
  for (const wrong of [null, "", "short", "a b c d e f g h", "x".repeat(65)])
    expect(requestIdOf(wrong)).toMatch(/^[0-9a-f-]{36}$/);
});

test("every problem contains the request id that is in the response header and the log", async () => {
  const response = await call(anonymous, "GET", "/v1/videos/nothing-of-the-kind");
  const id = response.headers.get("x-request-id");
  expect(await problemOf(response)).toMatchObject({ requestId: id });
  const origin = "http://localhost:8787";
  for (const path of ["/media/no-token/a/1/master.m3u8", "/v1//videos", "/api/runner/claim"]) {
    const refused = await exports.default.fetch(origin + path, { method: "GET" });
    const header = refused.headers.get("x-request-id");
    expect(header).toMatch(/^[\w-]{8,}$/);
    expect(await problemOf(refused)).toMatchObject({ requestId: header });
  }
  const signIn = await exports.default.fetch(`${origin}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: env.PUBLIC_ORIGIN },
    body: JSON.stringify({ email: "nobody@example.com", password: "no such password" }),
  });
  expect(await problemOf(signIn)).toMatchObject({ requestId: signIn.headers.get("x-request-id") });
});

test("an unexpected failure is logged with the request's method, path and id", async () => {
  const broken = { ...env, CATALOG: { prepare: () => "not a database" } };
  const response = await anonymous.request("/v1/videos", {}, broken);
  const { requestId } = await problemOf(response);
  expect(linesOf("request.failed")).toEqual([
    expect.objectContaining({ requestId, invocation: "GET /v1/videos", code: "internal" }),
  ]);
});

test("a refusal by a rate limit is logged with the caller and the request", async () => {
  const READ_LIMIT = { limit: async () => ({ success: false }) };
  const limited = { ...env, READ_LIMIT };
  const response = await call(anonymous, "GET", "/v1/search?q=harbour", undefined, {}, limited);
  const { requestId, status } = await problemOf(response);
  expect(status).toBe(429);
  expect(linesOf("request.limited")).toEqual([
    expect.objectContaining({ requestId, invocation: "GET /v1/search", code: "rate_limited" }),
  ]);
});

test("the id of an upload's request goes with the task to the runner and comes back with its report", async () => {
  const requestId = "request-of-the-upload";
  const id = await traced({ requestId, invocation: "test" }, () => queuedVideo());
  const task = await claimFor(jobContext());
  expect(task.requestId).toBe(requestId);

  const report = {
    ...{ taskId: task.taskId, attempt: task.attempt, runner: "local-0" },
    outcome: { ...encoderFailed, code: "source_damaged", permanent: true },
  };
  const response = await exports.default.fetch("http://localhost:8787/api/runner/result", {
    method: "POST",
    headers: {
      authorization: `Bearer ${env.LOCAL_RUNNER_SECRET}`,
      "content-type": "application/json",
      "x-request-id": requestId,
    },
    body: JSON.stringify(report),
  });
  expect(await response.json()).toEqual({ type: "recorded" });
  expect((await videoRow(id)).state).toBe("failed");
  expect(linesOf("task.failed")).toEqual([
    expect.objectContaining({ requestId, id: task.taskId, code: "source_damaged" }),
  ]);
  expect(linesOf("video.failed")).toEqual([
    expect.objectContaining({ requestId, videoId: id, runner: "local-0", code: "source_damaged" }),
  ]);
  const bodies = (await db.select().from(outbox)).map(({ body }) => body);
  expect(bodies).toContainEqual({ kind: "index-video", videoId: id, requestId });
});

test("a transcode from before the update has no request id and still works", async () => {
  const id = await queuedVideo();
  await db.update(transcodes).set({ requestId: null }).where(eq(transcodes.videoId, id));
  expect((await claimFor(jobContext())).requestId).toBeUndefined();
});

test("a log line names what it belongs to and which request caused it", () => {
  log("search.drift", { wrong: 1 });
  traced({ requestId: "request-1", invocation: "queue events" }, () => log("search.drift", {}));
  expect(linesOf("search.drift")).toEqual([
    { severity: "warning", event: "search.drift", wrong: 1 },
    expect.objectContaining({ requestId: "request-1", invocation: "queue events" }),
  ]);
});

test("the log names a failed query without its values", async () => {
  const failing = db.run(sql`SELECT nothing FROM user WHERE email = ${"ada@example.com"}`);
  const error = await failing.catch((reason: unknown) => reason);
  log("search.drift", { error: String(error), stack: (error as Error).stack });
  const [line] = linesOf("search.drift");
  expect(line?.["error"]).toMatch(
    /^Error: Failed query: SELECT nothing FROM user WHERE email = \?$/,
  );
  expect(line?.["stack"]).toMatch(/\n +at /);
  expect(JSON.stringify(line)).not.toContain("example.com");
});
