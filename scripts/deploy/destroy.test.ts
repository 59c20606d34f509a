import { expect, test } from "vitest";
import { ACCOUNT, deployedAccount, INSTANCE } from "./accounts.fixture.ts";
import { destroy, planDestruction } from "./destroy.ts";
import { tokenName } from "./names.ts";
import { readProduct } from "./product.ts";
import { answerAs } from "./recorded-api.ts";
import { wiredClient } from "./wired-client.fixture.ts";

const product = readProduct();
const state = deployedAccount(INSTANCE, product);
const ours = { id: "token-1", name: tokenName(INSTANCE) };
const ok = (result: unknown) => Response.json({ success: true, errors: [], messages: [], result });

/** Deletes a deployed instance whose bucket has two objects. @param refused an object that R2 does not delete */
async function destroyDeployed(refused = "") {
  const happened: string[] = [];
  const { client } = wiredClient((call) => {
    const [method = ""] = call.operation.split(" ");
    const path = call.url.pathname.split(`/accounts/${ACCOUNT}/`)[1] ?? "";
    if (method === "DELETE") {
      if (refused && path.endsWith(refused)) return Response.json({}, { status: 403 });
      happened.push(decodeURIComponent(path));
      return ok({});
    }
    const isFirst =
      !call.url.searchParams.has("cursor") && call.url.searchParams.get("page") !== "2";
    if (path.endsWith("/objects")) return ok(isFirst ? [{ key: "a/1" }, { key: "a/2" }] : []);
    if (path === "tokens") return ok(isFirst ? [{ id: "other", name: "CI" }, ours] : []);
    return answerAs(state, call);
  });
  const wrangler = {
    run: async (args: string[]) => void happened.push(args.join(" ")),
    uploadVersion: () => Promise.reject(new Error("Nothing is uploaded.")),
  };
  const parts = planDestruction(INSTANCE, product, state);
  const error = await destroy(client, wrangler, INSTANCE, parts, ACCOUNT, () => {}).then(
    () => null,
    (reason: unknown) => reason,
  );
  return { happened, error };
}

test("--destroy deletes all parts of the instance, the bucket once it is empty, and no other token", async () => {
  const { happened, error } = await destroyDeployed();
  expect(error).toBeNull();
  expect(happened).toEqual([
    "pages/projects/kinora-web/domains/video.example.com",
    "pages/projects/kinora-web",
    "delete --name kinora --force",
    ...product.queues.map((queue) => `queues/id-of-${queue}`),
    ...Object.values(state.databases).map(({ uuid }) => `d1/database/${uuid}`),
    "r2/buckets/kinora-media/objects/a/1",
    "r2/buckets/kinora-media/objects/a/2",
    "r2/buckets/kinora-media",
    "tokens/token-1",
  ]);
});

test("an object that cannot be deleted ends --destroy with the reason, and the bucket stays", async () => {
  const { happened, error } = await destroyDeployed("2");
  expect(error).toMatchObject({ status: 403 });
  expect(happened).not.toContain("r2/buckets/kinora-media");
});
