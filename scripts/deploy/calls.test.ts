import { expect, test } from "vitest";
import { ACCOUNT, INSTANCE } from "./accounts.fixture.ts";
import { changesIn, storageTokenInstruction } from "./changes.ts";
import { readProduct } from "./product.ts";
import { readAccount } from "./read-account.ts";
import type { ApiCall } from "./recorded-api.ts";
import { wiredClient } from "./wired-client.fixture.ts";

interface Operation {
  required?: string[];
  allowed?: string[];
  /** The same for the items of a list in the body, by its name. */
  items?: Record<string, { required: string[]; allowed: string[] }>;
}

/**
 * The operations that a deployment calls, from Cloudflare's OpenAPI schema: the properties that a body must and may have.
 * Most are from github.com/cloudflare/api-schemas, commit 8c9b6cf of 2024-08-07, the newest of which a copy was at hand.
 * CORS, lifecycle, secrets and tokens of an account came later: these are from a digest of the schema of 2026, which lists
 * each operation with the properties of its body (`r2-put-bucket-cors-policy`, `r2-put-bucket-lifecycle-configuration`,
 * `worker-list-script-secrets`, `account-api-tokens-create-token` and their neighbours).
 */
const IN_SCHEMA: Record<string, Operation> = {
  "GET /accounts": {},
  "GET /accounts/{}/subscriptions": {},
  "GET /accounts/{}/d1/database": {},
  "POST /accounts/{}/d1/database": {
    required: ["name"],
    allowed: ["name", "primary_location_hint"],
  },
  "POST /accounts/{}/d1/database/{}/query": { required: ["sql"], allowed: ["sql", "params"] },
  "GET /accounts/{}/r2/buckets/{}": {},
  "POST /accounts/{}/r2/buckets": {
    required: ["name"],
    allowed: ["name", "locationHint", "storageClass"],
  },
  "GET /accounts/{}/queues": {},
  "POST /accounts/{}/queues": {},
  "GET /accounts/{}/workers/scripts": {},
  "GET /accounts/{}/workers/scripts/{}/deployments": {},
  "POST /accounts/{}/workers/scripts/{}/deployments": {},
  "GET /accounts/{}/pages/projects/{}": {},
  "POST /accounts/{}/pages/projects": {
    allowed: ["name", "production_branch", "build_config", "deployment_configs", "source"],
  },
  "GET /accounts/{}/pages/projects/{}/domains": {},
  "POST /accounts/{}/pages/projects/{}/domains": {},
  "POST /accounts/{}/pages/projects/{}/deployments/{}/rollback": {},
  "GET /zones": {},
  "GET /accounts/{}/r2/buckets/{}/cors": {},
  "PUT /accounts/{}/r2/buckets/{}/cors": {
    allowed: ["rules"],
    items: {
      rules: {
        required: ["allowed"],
        allowed: ["allowed", "exposeHeaders", "id", "maxAgeSeconds"],
      },
    },
  },
  "GET /accounts/{}/r2/buckets/{}/lifecycle": {},
  "PUT /accounts/{}/r2/buckets/{}/lifecycle": {
    allowed: ["rules"],
    items: {
      rules: {
        required: ["id", "enabled", "conditions"],
        allowed: [
          ...["id", "enabled", "conditions", "abortMultipartUploadsTransition"],
          ...["deleteObjectsTransition", "storageClassTransitions"],
        ],
      },
    },
  },
  "GET /accounts/{}/workers/scripts/{}/secrets": {},
  "GET /accounts/{}/tokens": {},
  "POST /accounts/{}/tokens": {
    required: ["name", "policies"],
    allowed: ["name", "policies", "condition", "expires_on", "not_before"],
    items: {
      policies: {
        required: ["effect", "permission_groups", "resources"],
        allowed: ["effect", "id", "permission_groups", "resources"],
      },
    },
  },
  "DELETE /accounts/{}/tokens/{}": {},
  "GET /accounts/{}/tokens/permission_groups": {},
};

function expectProperties(
  body: object,
  { required = [], allowed = Object.keys(body) }: Pick<Operation, "required" | "allowed">,
): void {
  const names = Object.keys(body);
  expect(names).toEqual(expect.arrayContaining(required));
  expect(allowed).toEqual(expect.arrayContaining(names));
}

/** @param answers results by operation; an empty list if there are none */
const wired = (answers: Record<string, unknown> = {}) =>
  wiredClient(({ operation, url }) => {
    const isFirstPage = Number(url.searchParams.get("page") ?? "1") === 1;
    const result = isFirstPage ? answers[operation] : [];
    if (result instanceof Response) return result;
    return Response.json({ success: true, errors: [], messages: [], result: result ?? [] });
  });

function expectInSchema(calls: readonly ApiCall[]): void {
  for (const { operation, body } of calls) {
    const known = IN_SCHEMA[operation];
    expect(known, `${operation} is no operation of Cloudflare's API`).toBeDefined();
    expectProperties(body, known ?? {});
    for (const [list, item] of Object.entries(known?.items ?? {})) {
      expect(body[list]).not.toEqual([]);
      for (const each of body[list] as object[]) expectProperties(each, item);
    }
  }
}

const ofAccount = { "GET /accounts": [{ id: ACCOUNT, name: "Ada's account" }] };

test("planning only reads the account, through operations that exist in Cloudflare's API", async () => {
  const product = readProduct();
  const database = { name: "kinora-catalog", uuid: "id-of-catalog" };
  const { client, calls } = wired({
    ...ofAccount,
    "GET /accounts/{}/d1/database": [database],
    "GET /accounts/{}/workers/scripts": [{ id: "kinora" }],
    "GET /accounts/{}/r2/buckets/{}": { name: "kinora-media" },
    "GET /accounts/{}/workers/scripts/{}/deployments": { deployments: [{ id: "1", versions: [] }] },
    "GET /accounts/{}/r2/buckets/{}/cors": new Response("{}", { status: 404 }),
    "GET /accounts/{}/r2/buckets/{}/lifecycle": { rules: [] },
    "GET /accounts/{}/pages/projects/{}": { name: "kinora-web" },
    "GET /accounts/{}/subscriptions": new Response("{}", { status: 403 }),
  });
  const state = await readAccount(client, INSTANCE, product);
  expect(state).toMatchObject({
    account: { id: ACCOUNT },
    subscriptions: null,
    databases: { CATALOG: database },
    applied: { CATALOG: [] },
    bucket: { name: "kinora-media" },
    cors: null,
    worker: { id: "kinora" },
    deployment: { id: "1" },
    admins: 0,
  });
  expectInSchema(calls);
  const writes = calls.filter(({ operation }) => !operation.startsWith("GET "));
  expect(writes.map(({ body }) => String(body["sql"]).slice(0, 6))).toEqual(
    writes.map(() => "SELECT"),
  );
});

test("each change is one operation with valid properties", async () => {
  const { client, calls } = wired();
  const changes = changesIn(client, ACCOUNT, INSTANCE);
  await changes.createDatabase("kinora-catalog");
  await changes.createBucket("kinora-media");
  await changes.createQueue("events");
  await changes.createSite("kinora-web");
  await changes.addDomain("kinora-web", "video.example.com");
  await changes.setCors("kinora-media", ["https://video.example.com"]);
  await changes.setLifecycle("kinora-media");
  await changes.splitTraffic("kinora", [
    { version: "new", percentage: 10 },
    { version: "old", percentage: 90 },
  ]);
  await changes.restoreSite("kinora-web", "site-1");
  expectInSchema(calls);
  const bodyOf = (operation: string) => calls.find((call) => call.operation === operation)?.body;
  expect(bodyOf("POST /accounts/{}/d1/database")).toEqual({
    name: "kinora-catalog",
    primary_location_hint: "weur",
  });
  expect(bodyOf("POST /accounts/{}/queues")).toEqual({ queue_name: "events" });
  expect(bodyOf("POST /accounts/{}/workers/scripts/{}/deployments")).toEqual({
    strategy: "percentage",
    versions: [
      { version_id: "new", percentage: 10 },
      { version_id: "old", percentage: 90 },
    ],
  });
});

test("an R2 token gives access to one bucket; its key is the token id and its secret the hash of the value", async () => {
  const { client, calls } = wired({
    "GET /accounts/{}/tokens": [{ id: "old", name: "kinora: parts of uploads" }],
    "GET /accounts/{}/tokens/permission_groups": [
      { id: "group", name: "Workers R2 Storage Bucket Item Write" },
    ],
    "POST /accounts/{}/tokens": { id: "token-id", value: "token-value" },
    "DELETE /accounts/{}/tokens/{}": { id: "old" },
  });
  const changes = changesIn(client, ACCOUNT, INSTANCE);
  expect(await changes.createStorageToken("kinora-media")).toEqual({
    S3_ACCESS_KEY_ID: "token-id",
    // printf token-value | sha256sum
    S3_SECRET_ACCESS_KEY: "e6c02a5742ea9d4de588eb9b9de7bed43dc17011552186bed3e98b2c5958ff4a",
  });
  expectInSchema(calls);
  expect(calls.map(({ operation }) => operation)).toContain("DELETE /accounts/{}/tokens/{}");
  expect(calls.at(-1)?.body).toMatchObject({
    policies: [
      { resources: { [`com.cloudflare.edge.r2.bucket.${ACCOUNT}_default_kinora-media`]: "*" } },
    ],
  });
});

test("if no token can be created, one instruction says how to do it by hand", async () => {
  const forbidden = { success: false, errors: [{ code: 9109, message: "Unauthorized" }] };
  const { client } = wired({
    "GET /accounts/{}/tokens": Response.json(forbidden, { status: 403 }),
  });
  const changes = changesIn(client, ACCOUNT, INSTANCE);
  await expect(changes.createStorageToken("kinora-media")).rejects.toThrow(
    storageTokenInstruction(ACCOUNT, "kinora-media"),
  );
});
