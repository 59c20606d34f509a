import { expect, test } from "vitest";
import {
  type AuditedAct,
  auditedJson,
  chained,
  type ChainedAct,
  firstBroken,
  networkOf,
  targetOfPath,
} from "./audit.ts";

const ACT: AuditedAct = {
  at: 1,
  action: "reports.dismiss",
  actorId: "a",
  actorRole: "admin",
  via: "session",
  targetKind: "reports",
  targetId: "r",
  before: null,
  after: '{"x":1}',
  address: "203.0.113.0/24",
  requestId: "request-1",
};

async function chain(length: number): Promise<ChainedAct[]> {
  const rows: ChainedAct[] = [];
  for (let index = 0; index < length; index++)
    rows.push(await chained({ ...ACT, at: index }, rows.at(-1) ?? null));
  return rows;
}

test("the audit chain verifies, even after its oldest rows were deleted", async () => {
  const rows = await chain(5);
  expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(await firstBroken(rows, null)).toBeNull();
  expect(await firstBroken(rows.slice(2), null)).toBeNull();
  expect(await firstBroken(rows.slice(2), rows[1]!)).toBeNull();
});

test.each(Object.keys(ACT) as (keyof AuditedAct)[])(
  "verification finds a row whose %s was changed",
  async (field) => {
    const rows = await chain(4);
    rows[2] = { ...rows[2]!, [field]: field === "at" ? 99 : "other" };
    expect(await firstBroken(rows, null)).toEqual({ seq: 3, reason: "changed" });
  },
);

test("verification finds a row that was replaced with a matching hash, removed, or inserted before the first", async () => {
  const rows = await chain(4);
  const forged = await chained({ ...ACT, action: "other" }, rows[0]!);
  expect(await firstBroken(rows.with(1, forged), null)).toEqual({ seq: 3, reason: "unlinked" });
  expect(await firstBroken([rows[0]!, rows[2]!], null)).toEqual({ seq: 3, reason: "missing" });
  const first = await chained(ACT, { seq: 0, hash: "elsewhere" });
  expect(await firstBroken([first], null)).toEqual({ seq: 1, reason: "unlinked" });
});

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["::ffff:203.0.113.77", "203.0.113.0/24"],
  ["2001:db8:1234:5678::1", "2001:0db8:1234:0000:0000:0000:0000:0000/48"],
  ["", ""],
])("only the network of the address %s is kept", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test("secrets are left out of the audit log, and long texts are truncated", () => {
  const kept = auditedJson({
    ...{ pin: "1234", newPassword: "a", tokens: true, inner: { client_secret: "b" } },
    name: "Desk",
  });
  expect(JSON.parse(kept ?? "")).toEqual({
    ...{ pin: "…", newPassword: "…", tokens: true, inner: { client_secret: "…" } },
    name: "Desk",
  });
  expect(auditedJson(undefined)).toBeNull();
  expect(auditedJson({ text: "x".repeat(9000) })?.length).toBeLessThan(4001);
});

test("the target of an entry is taken from the path", () => {
  const pattern = "/v1/admin/reports/:id/hide";
  expect(targetOfPath("reports.hide-video", pattern, "/v1/admin/reports/abc/hide")).toEqual({
    kind: "reports",
    id: "abc",
  });
  expect(targetOfPath("editors-pick.put", "/v1/x", "/v1/x")).toBeNull();
});
