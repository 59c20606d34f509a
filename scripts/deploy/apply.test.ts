import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deployedAccount, INSTANCE } from "./accounts.fixture.ts";
import { apply, planNow } from "./apply.ts";
import type { Instance } from "./instance.ts";
import { readProduct } from "./product.ts";
import { answerAs } from "./recorded-api.ts";
import { DEPLOY_FOLDER } from "./secrets.ts";
import { wiredClient } from "./wired-client.fixture.ts";

const product = readProduct();
/** No other test uses this name, from which the names of its files follow. */
const instance: Instance = { ...INSTANCE, name: "update" };
const MIGRATION = product.databases[0]!.migrations.at(-1)!;

afterAll(() => rm(join(DEPLOY_FOLDER, "update-site"), { recursive: true, force: true }));

/** When the smoke test fails: on the new version for a few visitors, or at the end on what everyone gets. */
type Failure = "new-version" | "end" | null;

/**
 * Updates a deployed instance that lacks the newest migration, using recorded responses of its account. Wrangler, the
 * build and the smoke test only record that they were called.
 */
async function update(failure: Failure, objectsTag = product.objectsTag) {
  const account = deployedAccount(instance, product);
  account.worker = { ...account.worker, migration_tag: objectsTag };
  account.applied["CATALOG"] = account.applied["CATALOG"]!.filter((name) => name !== MIGRATION);
  const happened: string[] = [];
  const { client } = wiredClient((call) => {
    const { operation, body, url } = call;
    if (operation === "POST /accounts/{}/workers/scripts/{}/deployments") {
      const versions = body["versions"] as { version_id: string; percentage: number }[];
      happened.push(versions.map((one) => `${one.version_id} ${one.percentage} %`).join(", "));
    } else if (operation.endsWith("/rollback"))
      happened.push(`site ${url.pathname.split("/").at(-2)}`);
    return answerAs(account, call);
  });
  const deployment = {
    ...{ client, instance, product, token: "only-for-tests", environment: {} },
    print: () => {},
    tools: {
      wrangler: () => ({
        run: async ([first, second]: string[]) => void happened.push(`${first} ${second}`),
        uploadVersion: async () => {
          happened.push("versions upload");
          return "version-2";
        },
      }),
      buildSite: async () => {},
      smokeTest: async ({ headers = {} }: { headers?: Record<string, string> }) => {
        const isNewVersion = Object.keys(headers).length > 0;
        happened.push(isNewVersion ? "smoke test of the new version" : "smoke test");
        if (failure === (isNewVersion ? "new-version" : "end")) throw new Error("No segment.");
      },
    },
  };
  const { plan, state } = await planNow(deployment);
  const error = await apply(deployment, plan, state).then(
    () => null,
    (reason: Error) => reason.message,
  );
  return { happened, error };
}

const BEGIN = [
  "d1 migrations",
  "versions upload",
  "version-2 10 %, version-1 90 %",
  "smoke test of the new version",
];
const EVERYONE = ["deploy --config", "pages deploy", "smoke test"];

test("an update migrates, rolls the new version out to a few visitors, then to everyone", async () => {
  expect(await update(null)).toEqual({ happened: [...BEGIN, ...EVERYONE], error: null });
});

test("a version that fails its smoke test is rolled back before everyone has it, and the site is unchanged", async () => {
  const happened = [...BEGIN, "version-1 100 %"];
  expect(await update("new-version")).toEqual({ happened, error: "No segment." });
});

test("if the final smoke test fails, the previous Worker and site serve again", async () => {
  const happened = [...BEGIN, ...EVERYONE, "version-1 100 %", "site site-1"];
  expect(await update("end")).toEqual({ happened, error: "No segment." });
});

test("nothing is rolled back past new Durable Object classes, which Cloudflare does not allow", async () => {
  const happened = ["d1 migrations", ...EVERYONE];
  expect(await update("end", "v1")).toEqual({ happened, error: "No segment." });
});
