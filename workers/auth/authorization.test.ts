import { env } from "cloudflare:workers";
import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { type PathParams, RESOURCES } from "../../tests/support/worker/resources.ts";
import { createApp } from "../app.ts";
import type { Scope } from "../contract/accounts.ts";
import { ROLES, SCOPES } from "../contract/scopes.ts";
import { ACCESS, type Operation, type Rule } from "../domain/access-rules.ts";
import { auditLog } from "../db/audit-schema.ts";
import { catalog } from "../db/client.ts";
import { videos } from "../db/schema.ts";
import { isForStaff } from "../domain/audit.ts";
import { newId } from "../domain/id.ts";
import { ANONYMOUS, type Principal, type SignedIn } from "../domain/principal.ts";
import { call, newAccount, newVideo } from "../../tests/support/worker/api.ts";

/** Id of the video that an admin picks; no other test may find it. */
const PICKED_ID = "PickedByAuthorization0";
/** Valid bodies, so that a 400 never hides a 404. All other operations get none, or `{}`. */
const BODIES: Partial<Record<Operation, unknown>> = {
  "chapters.put": { own: null },
  // This link is refused without a request, because it names no public server.
  "uploads.create-from-url": { url: "https://localhost/a.mp4" },
  "uploads.parts": { partNumbers: [1] },
  "uploads.record-part": { etag: "abc" },
  "videos.update": { title: "New" },
  "videos.poster": { at: 1 },
  "captions.translate": { to: "de" },
  "captions.put": "WEBVTT\n",
  "versions.create": { keep: [{ from: 0, to: 1 }] },
  "versions.upload": { filename: "a.mp4", size: 1, contentType: "video/mp4" },
  "access.set-password": { password: null },
  "access.create-link": { name: "Ada", expiresAt: new Date(Date.now() + 60_000).toISOString() },
  "access.invite": { emails: ["ada@example.com"], notify: false },
  "progress.put": { position: 1 },
  "videos.report": { reason: "spam" },
  "library.import": { watchlist: [], positions: [] },
  "digest.put": { enabled: false },
  "profiles.open": { id: "main" },
  "profiles.create": { name: "Ada", avatar: "owl" },
  "profiles.set-pin": { pin: null },
  "push.put": { endpoint: "https://fcm.googleapis.com/fcm/send/x", keys: null },
  "accounts.suspend": { reason: "" },
  "invitations.create": { email: "somebody@example.com", role: "viewer" },
  "notifications.read": { until: "2026-01-01T00:00:00.000Z" },
  "editors-pick.put": { videoId: PICKED_ID },
  "alerts.silence": { minutes: 0 },
  "moderation.rule": { action: "hide", reason: "spam" },
  "rulings.appeal": { text: "Look again." },
  "rulings.judge": { verdict: "restored" },
  "reviews.reject": { reason: "spam" },
  "creators.trust": { trusted: true },
  "runner-tokens.create": { name: "Desk" },
  "tasks.retry": { code: "no_such_code" },
  "dead-letters.resend-all": { until: 1 },
};
/** Query strings that some paths need. */
const QUERIES: Partial<Record<Operation, string>> = { "dead-letters.dismiss-all": "?until=1" };
/** Operations that need more than a body and have their own tests. */
const ELSEWHERE: ReadonlySet<Operation> = new Set([
  // The newest version, a copy in a bucket, and a source to start with.
  ...(["settings.put", "library-copies.restore", "failed-videos.retry"] as const),
]);

/** What a site may lack for everyone: then 404 is a response and not a refusal. */
const ABSENT: ReadonlySet<Operation> = new Set(["site.logo"]);

interface Call {
  operation: Operation;
  rule: Rule;
  method: string;
  /** As in the OpenAPI document: `/v1/videos/{id}`. */
  path: string;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

let caller: Principal = ANONYMOUS;
/** One app for all requests; each request sets `caller` first. */
const app = createApp(async (c, next) => {
  c.set("principal", caller);
  await next();
});

/** Every operation of the API, from the OpenAPI document. */
function operations(): Call[] {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Kinora", version: "1" },
  });
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const id = item?.[method]?.operationId;
      if (!item?.[method]) return [];
      if (id === undefined || !Object.hasOwn(ACCESS, id)) {
        throw new Error(`${method} ${path} (${id}) has no row in the authorization table`);
      }
      const operation = id as Operation;
      return { operation, rule: ACCESS[operation], method: method.toUpperCase(), path };
    }),
  );
}

/** An account with every scope, one without the required scope, and for an admin one without `admin`. */
function callersOf(account: SignedIn, rule: Rule): SignedIn[] {
  const withScopes = (scopes: readonly Scope[], via: SignedIn["via"]) => ({
    ...account,
    via,
    scopes: new Set(scopes),
  });
  const channels = rule.session ? (["session", "app", "pat"] as const) : (["session"] as const);
  const lacking = [rule.scope, account.role === "admin" ? "admin" : null].filter(
    (scope) => scope !== null,
  );
  return channels.flatMap((via) => [
    withScopes(SCOPES, via),
    ...lacking.map((lack) =>
      withScopes(
        SCOPES.filter((scope) => scope !== lack),
        via,
      ),
    ),
  ]);
}

interface Target {
  isOwn: boolean;
  /** Other accounts can see it. */
  isVisible: boolean;
  isDeleted: boolean;
}

/** The refusal that the table requires; null when the caller is allowed. */
function refusal(rule: Rule, caller: Principal, target: Target): 401 | 403 | 404 | null {
  if (caller.kind === "anonymous") {
    if (!rule.roles.includes("anonymous")) return 401;
  } else {
    if (rule.session && caller.via !== "session") return 403;
    if (rule.scope && !caller.scopes.has(rule.scope)) {
      const isOpen = rule.resource === "any" || (target.isVisible && !target.isDeleted);
      return rule.roles.includes("anonymous") && isOpen ? null : 403;
    }
    if (!rule.roles.includes(caller.role)) return 403;
  }
  if (rule.resource === "any") return null;
  if (rule.resource === "site") return null;
  if (target.isDeleted) return 404;
  if (target.isOwn) return null;
  if (rule.resource === "self") return 404;
  const isStaff = caller.kind === "user" && caller.scopes.has("admin");
  if (isStaff && caller.role === "admin") return null;
  if (isStaff && caller.role === "moderator" && rule.moderators) return null;
  if (!target.isVisible) return 404;
  return rule.resource === "own" ? 403 : null;
}

const VIDEOS = (["public", "unlisted", "private"] as const).flatMap((visibility) =>
  (["ready", "processing", "failed", "deleted"] as const).map((state) => ({
    visibility,
    state: state === "deleted" ? ("ready" as const) : state,
    deletedAt: state === "deleted" ? 1 : null,
  })),
);

/**
 * For moderators and operators, who have no more access to videos than creators: who may see the video, regardless of
 * its state.
 */
const READY_VIDEOS = VIDEOS.filter(
  ({ state, deletedAt }) => state === "ready" && deletedAt === null,
);
const isHelper = ({ role }: SignedIn): boolean => role === "moderator" || role === "operator";

function send({ operation, method, path }: Call, params: PathParams): Promise<Response> {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? newId());
  const hasBody = method !== "GET" && method !== "DELETE";
  const content = hasBody ? (BODIES[operation] ?? {}) : undefined;
  const type = typeof content === "string" ? "text/vtt" : "application/json";
  const url = filled + (QUERIES[operation] ?? "");
  return call(app, method, url, content, hasBody ? { "content-type": type } : {});
}

const accounts = await Promise.all(ROLES.map((role) => newAccount(role)));
const stranger = await newAccount("creator");

/** Calls as `by` and expects what the table requires. @returns true if the call was allowed */
async function expectAnswer(
  given: Call,
  by: Principal,
  target: Target,
  params: PathParams,
  about: string,
): Promise<boolean> {
  caller = by;
  const { status } = await send(given, params);
  const isMissing = status === 404 && !ABSENT.has(given.operation);
  const refused = status === 401 || status === 403 || isMissing ? status : null;
  const question = `${given.operation} by ${nameOf(by)} on ${about}`;
  expect({ question, status, refused }).toEqual({
    question,
    status,
    refused: refusal(given.rule, by, target),
  });
  return refused === null;
}

function nameOf(by: Principal): string {
  return by.kind === "anonymous"
    ? "anyone"
    : `${by.role} (${by.via}: ${[...by.scopes].join(" ") || "no scope"})`;
}

const ALL = operations();
const isOnResource = ({ rule, path }: Call): boolean =>
  rule.resource !== "any" && path.includes("{");

test("every row of the table belongs to an operation that exists", () => {
  const existing = ALL.map(({ operation }) => operation);
  expect(Object.keys(ACCESS).toSorted()).toEqual(existing.toSorted());
});

const ACTS = ALL.filter(({ operation, method }) => isForStaff(operation) && method !== "GET");
test.each(ACTS.filter(({ operation }) => !ELSEWHERE.has(operation)))(
  "$operation is recorded in the audit log",
  async (given) => {
    const admin = accounts.find(({ role }) => role === "admin")!;
    const picture = { posterPath: "poster.jpg", width: 1280, height: 720 };
    await catalog(env).delete(videos).where(eq(videos.id, PICKED_ID));
    await newVideo(stranger.userId, { id: PICKED_ID, ...picture });
    const make = RESOURCES[given.operation.split(".")[0] ?? ""];
    const params = isOnResource(given) ? await make?.(stranger.userId, VIDEOS[0]!) : undefined;
    caller = { ...admin, scopes: new Set(SCOPES) };
    const answer = await send(given, params ?? { name: "queue-age" });
    expect([answer.status, await answer.text()]).toEqual([
      expect.toSatisfy(isSuccess),
      expect.anything(),
    ]);
    const newest = await catalog(env).select().from(auditLog).orderBy(desc(auditLog.seq)).limit(1);
    expect(newest).toMatchObject([{ action: given.operation, actorId: admin.userId }]);
  },
);
const isSuccess = (status: number): boolean => status >= 200 && status < 300;

test("every scope grants access to at least one operation", () => {
  // `admin` is required by the resource, not by an operation.
  const asked = Object.values<Rule>(ACCESS).map(({ scope }) => scope);
  expect(SCOPES.filter((scope) => scope !== "admin" && !asked.includes(scope))).toEqual([]);
});

test.each(ALL.filter((given) => !isOnResource(given)))(
  "$operation follows its row of the authorization table",
  async (given) => {
    const target = { isOwn: true, isVisible: true, isDeleted: false };
    const callers = [ANONYMOUS, ...accounts.flatMap((account) => callersOf(account, given.rule))];
    for (const by of callers) await expectAnswer(given, by, target, {}, "nothing");
  },
);

test.each(ALL.filter(isOnResource))(
  "$operation follows its row of the authorization table for every owner and visibility",
  async (given) => {
    const kind = given.operation.split(".")[0] ?? "";
    const make = RESOURCES[kind];
    if (!make) throw new Error(`tests/support/worker/resources.ts has nothing for ${kind}`);
    // What is in a bin is never visible to others.
    const isOfVideo = given.path.startsWith("/v1/videos/") && kind !== "bin";
    for (const video of isOfVideo ? VIDEOS : VIDEOS.slice(0, 1)) {
      const isVisible = isOfVideo
        ? video.visibility !== "private" && video.state === "ready"
        : kind === "creators" || kind === "follows";
      const isDeleted = video.deletedAt !== null;
      /** The resource of each creator. All callers share it until one of them may have changed it. */
      const resources = new Map<string, PathParams>();
      for (const account of [null, ...accounts]) {
        if (account && isHelper(account) && isOfVideo && !READY_VIDEOS.includes(video)) continue;
        for (const ownerId of account ? [account.userId, stranger.userId] : [stranger.userId]) {
          const target = { isOwn: ownerId === account?.userId, isVisible, isDeleted };
          // Only videos are independent of each other.
          if (!isOfVideo) resources.clear();
          const about = `${target.isOwn ? "own" : "another's"} ${JSON.stringify(video)}`;
          for (const by of account ? callersOf(account, given.rule) : [ANONYMOUS]) {
            const params = resources.get(ownerId) ?? (await make(ownerId, video));
            resources.set(ownerId, params);
            const isAllowed = await expectAnswer(given, by, target, params, about);
            // An allowed call may have deleted the resource.
            if (isAllowed && given.method !== "GET") resources.delete(ownerId);
          }
        }
      }
    }
  },
);
