import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { call, newAccount, newVideo } from "../../tests/support/worker/api.ts";
import type { AuditEntry, AuditPage, AuditVerification } from "../contract/audit.ts";
import { appendAct, auditHead, forgetOldActs } from "../db/audit.ts";
import { auditLog } from "../db/audit-schema.ts";
import { catalog } from "../db/client.ts";
import { ACCOUNT_ACTS_PER_DAY, chained } from "../domain/audit.ts";
import { recordAudit } from "../services/audit.ts";

const admin = await newAccount("admin");

async function acts(query: string): Promise<AuditEntry[]> {
  const answer = await call(admin.app, "GET", `/v1/admin/audit?${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json<AuditPage>()).items;
}

const verify = async (after = 0) =>
  (await call(admin.app, "GET", `/v1/admin/audit/verify?after=${after}`)).json<AuditVerification>();

test("the audit log records what an admin did: who, what, before, after and from where", async () => {
  const creator = await newAccount("creator");
  const id = await newVideo(creator.userId, { title: "Old" });
  const headers = { "cf-connecting-ip": "203.0.113.77", "x-request-id": "request-of-audit" };
  const change = { title: "New" };
  expect((await call(admin.app, "PATCH", `/v1/videos/${id}`, change, headers)).status).toBe(200);
  const [entry] = await acts(`target=${id}`);
  expect(entry).toMatchObject({
    action: "videos.update",
    actor: { id: admin.userId, name: `Name of ${admin.userId}`, role: "admin", via: "session" },
    target: { kind: "videos", id },
    before: { title: "Old" },
    after: { title: "New" },
    address: "203.0.113.0/24",
    requestId: "request-of-audit",
  });
  // Changes by creators to their own videos are not recorded.
  await call(creator.app, "PATCH", `/v1/videos/${id}`, { title: "Mine" });
  await call(admin.app, "PATCH", `/v1/videos/${await newVideo(admin.userId)}`, { title: "Own" });
  await call(admin.app, "PATCH", `/v1/videos/${id}`, { title: "" });
  expect(await acts(`target=${id}`)).toHaveLength(1);
  expect(await acts(`actor=${admin.userId}&action=videos.update`)).toHaveLength(1);
  expect(await acts(`target=${id}&until=${new Date(Date.now() - 60_000).toISOString()}`)).toEqual(
    [],
  );
  expect(
    await acts(`target=${id}&since=${new Date(Date.now() - 60_000).toISOString()}`),
  ).toHaveLength(1);
});

test("the audit log records the previous state of accounts, trust and alerts too", async () => {
  const { userId } = await newAccount("creator");
  const account = `/v1/admin/accounts/${userId}`;
  const silence = "/v1/admin/alerts/rebuffering/silence";
  const steps: [string, string, object?][] = [
    ["PATCH", account, { role: "viewer" }],
    ["PUT", `${account}/suspension`, { reason: "Copies." }],
    ["DELETE", `${account}/suspension`],
    ["PUT", `/v1/admin/creators/${userId}/trust`, { trusted: true }],
    ["DELETE", account],
    ["PUT", silence, { minutes: 5 }],
    ["PUT", silence, { minutes: 0 }],
  ];
  for (const [method, path, body] of steps)
    expect([path, (await call(admin.app, method, path, body)).ok]).toEqual([path, true]);
  const told = async (query: string) =>
    (await acts(query))
      .toReversed()
      .map(({ action, before, after }) => ({ action, before, after }));
  expect(await told(`target=${userId}`)).toMatchObject([
    { action: "accounts.update", before: { role: "creator" }, after: { role: "viewer" } },
    { action: "accounts.suspend", before: { suspension: null }, after: { reason: "Copies." } },
    { action: "accounts.unsuspend", before: { suspension: { reason: "Copies." } } },
    { action: "creators.trust", before: { trusted: false }, after: { trusted: true } },
    { action: "accounts.delete", before: { role: "viewer", suspension: null, videos: 0 } },
  ]);
  const until = expect.stringMatching(/^2\d{3}-/) as string;
  expect((await told("target=rebuffering")).slice(-2)).toMatchObject([
    { action: "alerts.silence", before: { silencedUntil: null }, after: { silencedUntil: until } },
    { action: "alerts.silence", before: { silencedUntil: until }, after: { silencedUntil: null } },
  ]);
});

test("the audit log records an admin who plays another account's private video", async () => {
  const { userId } = await newAccount("creator");
  const [open, hidden] = [
    await newVideo(userId),
    await newVideo(userId, { visibility: "private" }),
  ];
  for (const id of [open, hidden])
    expect((await call(admin.app, "POST", `/v1/videos/${id}/watch`, {})).status).toBe(200);
  expect([await acts(`target=${open}`), await acts(`target=${hidden}`)]).toMatchObject([
    [],
    [{ action: "playback.watch", actor: { id: admin.userId } }],
  ]);
});

test("the audit log records changes of tokens and passwords for every account, without the secret", async () => {
  const { userId, app } = await newAccount("viewer");
  const body = { name: "Script", scopes: ["videos:read"], expiresInDays: 1 };
  const created = await call(app, "POST", "/v1/tokens", body);
  expect(created.status).toBe(201);
  const { id, token } = await created.json<{ id: string; token: string }>();
  const [entry] = await acts(`actor=${userId}`);
  expect(entry).toMatchObject({ action: "tokens.create", target: { kind: "tokens", id } });
  expect(JSON.stringify(entry)).not.toContain(token);

  const account = await signUp("viewer");
  const answer = await authFetch("/change-password", {
    cookie: account.cookie,
    body: { currentPassword: account.password, newPassword: "another quiet harbour lamp" },
  });
  expect(answer.status).toBe(200);
  // An account is found by its email address, too.
  const byEmail = `action=auth.password-changed&actor=${account.email.toUpperCase()}`;
  const [changed] = await acts(byEmail);
  expect(changed?.target).toEqual({ kind: "accounts", id: changed?.actor.id });
  expect(await acts(`action=auth.password-changed&actor=${changed?.actor.id}`)).toEqual([changed]);
  expect(await acts("actor=nobody@example.com")).toEqual([]);
  expect(JSON.stringify(changed)).not.toContain("quiet");
});

test("concurrent acts are recorded one after another, and the chain stays valid", async () => {
  const who = { id: admin.userId, role: "admin" };
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      recordAudit(env, { action: "test.at-once", actor: who, after: { index } }),
    ),
  );
  expect(await acts("action=test.at-once&limit=100")).toHaveLength(12);
  const { broken, head, next } = await verify();
  expect([broken, next]).toEqual([null, null]);
  expect(head?.hash).toBe((await auditHead(catalog(env)))?.hash);
  // A row that another one came before is refused.
  const db = catalog(env);
  const [newest] = await acts("limit=1");
  const row = await chained(
    {
      ...{ at: 1, action: "x", actorId: null, actorRole: "admin", via: "none" as const },
      ...{ targetKind: null, targetId: null, before: null, after: null, address: "" },
      requestId: "",
    },
    { seq: newest!.seq - 1, hash: newest!.previous },
  );
  expect(await appendAct(db, row)).toBe(false);
});

test("an audit row cannot be changed or deleted, and tampering is detected", async () => {
  await recordAudit(env, { action: "test.forged", actor: { id: null, role: "anonymous" } });
  await recordAudit(env, { action: "test.after", actor: { id: null, role: "anonymous" } });
  const [forged] = await acts("action=test.forged");
  const change = `UPDATE audit_log SET action = 'test.innocent' WHERE seq = ${forged!.seq}`;
  await expect(env.CATALOG.prepare(change).run()).rejects.toThrow("audit_log");
  const remove = `DELETE FROM audit_log WHERE seq = ${forged!.seq}`;
  await expect(env.CATALOG.prepare(remove).run()).rejects.toThrow("audit_log");
  expect(await forgetOldActs(catalog(env), 0, 100)).toBe(0);

  const triggers = await env.CATALOG.prepare(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit_log'",
  ).all<{ name: string; sql: string }>();
  for (const { name } of triggers.results) await env.CATALOG.exec(`DROP TRIGGER ${name}`);
  // Old rows are deleted, and the chain continues from the rest. The newest row stays, whatever its age.
  const db = catalog(env);
  const [oldest] = await db.select().from(auditLog).orderBy(auditLog.seq).limit(1);
  expect(await forgetOldActs(db, oldest!.at + 1, 1)).toBe(1);
  expect((await verify()).broken).toBeNull();

  await env.CATALOG.prepare(change).run();
  expect((await verify()).broken).toEqual({ seq: forged!.seq, reason: "changed" });
  expect((await verify(forged!.seq)).broken).toBeNull();
  await env.CATALOG.prepare(
    `UPDATE audit_log SET action = 'test.forged' WHERE seq = ${forged!.seq}`,
  ).run();
  for (const { sql } of triggers.results) await env.CATALOG.prepare(sql).run();
  expect((await verify()).broken).toBeNull();
});

test("the log is exported as CSV and as lines of JSON", async () => {
  const who = { id: admin.userId, role: "admin" };
  const formula = { kind: "videos", id: "=1+1" };
  await recordAudit(env, { action: "test.export", actor: who, target: formula });
  await recordAudit(env, { action: "test.export", actor: who, after: { name: '=1+1, "x"' } });
  const file = async (format: string) =>
    (
      await call(admin.app, "GET", `/v1/admin/audit/export?action=test.export&format=${format}`)
    ).text();
  const [line] = (await file("jsonl")).trimEnd().split("\n");
  expect(JSON.parse(line ?? "")).toMatchObject({ action: "test.export", address: "" });
  const [columns, values, withFormula] = (await file("csv")).split("\r\n");
  expect(columns).toMatch(/^seq,at,action,actor,/);
  expect(values).toContain('"{""name"":""=1+1, \\""x\\""""}"');
  expect(withFormula).toContain(",'=1+1,");
  const exports = await acts("action=audit.export");
  expect(exports.length).toBeGreaterThanOrEqual(2);
});

test("ACCOUNT_ACTS_PER_DAY: an account that is not of the staff cannot flood the log", async () => {
  const { userId } = await newAccount("viewer");
  const act = { action: "test.flood", actor: { id: userId, role: "viewer" } };
  for (let count = 0; count <= ACCOUNT_ACTS_PER_DAY; count++) await recordAudit(env, act);
  const found = await acts(`actor=${userId}&limit=100`);
  expect(found).toHaveLength(ACCOUNT_ACTS_PER_DAY);
  const [newest] = await acts("limit=1");
  expect(newest?.seq).toBe(found[0]?.seq);
});
