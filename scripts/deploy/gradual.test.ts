import { expect, test } from "vitest";
import { deployedAccount, emptyAccount, INSTANCE } from "./accounts.fixture.ts";
import { deployGradually, type DeployedBefore, rollBack } from "./gradual.ts";
import { readProduct } from "./product.ts";
import { versionIn } from "./wrangler.ts";

const BEFORE = [{ version_id: "old", percentage: 100 }];

/** Runs a gradual deployment. @param broken the step that fails */
async function follow(broken?: "upload" | "check" | "finish") {
  const happened: string[] = [];
  const step = (name: string) => async () => {
    happened.push(name);
    if (name === broken) throw new Error(`${name} failed`);
  };
  const deployment = deployGradually({
    worker: "kinora",
    before: BEFORE,
    changes: {
      splitTraffic: async (_worker, shares) => {
        happened.push(shares.map((one) => `${one.version} ${one.percentage} %`).join(", "));
      },
    },
    upload: async () => {
      await step("upload")();
      return "new";
    },
    check: async (headers) => {
      expect(headers).toEqual({ "cloudflare-workers-version-overrides": 'kinora="new"' });
      await step("check")();
    },
    finish: step("finish"),
    print: () => {},
  });
  const error = await deployment.then(
    () => null,
    (reason: Error) => reason.message,
  );
  return { happened, error };
}

test("a version is rolled out to a few visitors before everyone has it", async () => {
  expect(await follow()).toEqual({
    happened: ["upload", "new 10 %, old 90 %", "check", "finish"],
    error: null,
  });
});

test.each(["check", "finish"] as const)(
  "after a failure (%s) everyone has the previous version, and the deployment fails",
  async (broken) => {
    const { happened, error } = await follow(broken);
    expect(happened.at(-1)).toBe("old 100 %");
    expect(error).toBe(`${broken} failed`);
  },
);

test("a version that cannot be uploaded changes nothing", async () => {
  expect(await follow("upload")).toEqual({ happened: ["upload"], error: "upload failed" });
});

test("after an update that fails at the end, Worker and site are restored", async () => {
  const back = async (state: DeployedBefore["state"], hasNewSite: boolean) => {
    const happened: string[] = [];
    const changes: DeployedBefore["changes"] = {
      splitTraffic: async (worker, [share]) =>
        void happened.push(`${worker}: ${share?.version} ${share?.percentage} %`),
      restoreSite: async (site, deployment) => void happened.push(`${site}: ${deployment}`),
    };
    await rollBack({ changes, instance: INSTANCE, state }, hasNewSite);
    return happened;
  };
  const deployed = deployedAccount(INSTANCE, readProduct());
  const [version] = deployed.deployment?.versions ?? [];
  const worker = `kinora: ${version?.version_id} 100 %`;
  expect(await back(deployed, true)).toEqual([worker, "kinora-web: site-1"]);
  expect(await back(deployed, false)).toEqual([worker]);
  expect(await back(emptyAccount(), true)).toEqual([]);
});

test("the version id is read from wrangler's output file", () => {
  const lines = [
    { type: "wrangler-session", version: 1 },
    { type: "version-upload", version: 1, worker_name: "kinora", version_id: "a-b-c" },
  ];
  const output = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  expect(versionIn(output)).toBe("a-b-c");
  expect(() => versionIn('{"type":"wrangler-session"}\n')).toThrow(/did not say/);
});
