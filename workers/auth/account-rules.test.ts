import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { newId } from "../domain/id.ts";
import { problemOf } from "../../tests/support/worker/api.ts";

const password = "correct horse battery";
const newEmail = (local = newId().toLowerCase()) => `${local}@example.com`;

const INVALID: Record<string, object> = {
  "no name": { name: "" },
  "a name of spaces": { name: "   " },
  "a name that is too long": { name: "x".repeat(81) },
  "a name with a line break": { name: "Ada\r\nBcc: all" },
  "a name with a terminal's escape": { name: "Ada\u001b[2J" },
  "a name that reverses the text around it": { name: "Ada\u202egro.elpmaxe" },
  "an image": { image: "https://evil.example/track.gif" },
  "a large image": { image: `data:image/png;base64,${"A".repeat(100_000)}` },
};

test.each(Object.entries(INVALID))(
  "%s is refused at sign-up and in later changes",
  async (_, wrong) => {
    const body = { name: "Ada", email: newEmail(), password, ...wrong };
    const refused = { status: 400, code: "invalid_request" };
    expect(await problemOf(await authFetch("/sign-up/email", { body }))).toMatchObject(refused);
    const { cookie } = await signUp("viewer");
    expect(await problemOf(await authFetch("/update-user", { cookie, body: wrong }))).toMatchObject(
      refused,
    );
    const session = await authFetch("/get-session", { cookie });
    expect(await session.json()).toMatchObject({ user: { name: "Test Account", image: null } });
  },
);

test("the response names the invalid field whether or not the address has an account", async () => {
  const { email } = await signUp("viewer");
  for (const address of [email, newEmail()]) {
    const body = { name: "x".repeat(81), email: address, password };
    const { detail } = await problemOf(await authFetch("/sign-up/email", { body }));
    expect(detail).toBe("name: must have 1 to 80 characters");
  }
});

test("names in any script are accepted, without surrounding spaces", async () => {
  for (const name of ["Zoë Müller-Łuka", "李小龍", "عبد الله", "👩‍👩‍👧 Co."]) {
    const body = { name: ` ${name} `, email: newEmail(), password };
    const answer = await authFetch("/sign-up/email", { body });
    expect(await answer.json()).toMatchObject({ user: { name } });
  }
});

test("an email address that is too long is refused", async () => {
  const labels = Array.from({ length: 4 }, () => "x".repeat(60)).join(".");
  const body = { name: "Ada", email: `${"x".repeat(60)}@${labels}.example`, password };
  expect(await problemOf(await authFetch("/sign-up/email", { body }))).toMatchObject({
    status: 400,
  });
});

test("a passkey name that is too long is refused", async () => {
  const { cookie } = await signUp("viewer");
  const body = { response: {}, name: "x".repeat(81) };
  const { detail } = await problemOf(
    await authFetch("/passkey/verify-registration", { cookie, body }),
  );
  expect(detail).toContain("name:");
});

test.each(["with its length", "in chunks"])("a large body is refused, sent %s", async (how) => {
  const text = JSON.stringify({ email: newEmail(), password: "x".repeat(300_000) });
  const chunks = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
  const response = await exports.default.fetch("http://localhost:8788/api/auth/sign-in/email", {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://localhost:8788" },
    body: how === "in chunks" ? chunks : text,
  });
  expect(await problemOf(response)).toMatchObject({ status: 413, code: "payload_too_large" });
});

const exists = async (userId: string): Promise<boolean> =>
  (await env.CATALOG.prepare("SELECT id FROM user WHERE id = ?").bind(userId).first()) !== null;

test.each([{}, { password: "" }, { password: null }, { password: "wrong" }])(
  "an account with a password is not deleted with %j",
  async (body) => {
    const { cookie, userId } = await signUp("viewer");
    expect(await problemOf(await authFetch("/delete-user", { cookie, body }))).toMatchObject({
      status: 400,
    });
    expect(await exists(userId)).toBe(true);
  },
);

test("an account without a password can be deleted in a fresh session", async () => {
  const { cookie, userId } = await signUp("viewer");
  await env.CATALOG.prepare("DELETE FROM account WHERE user_id = ?").bind(userId).run();
  expect((await authFetch("/delete-user", { cookie, body: { password: "" } })).status).toBe(200);
  expect(await exists(userId)).toBe(false);
});

test("an account cannot be deleted without a session", async () => {
  const refused = await authFetch("/delete-user", { body: {} });
  expect((await problemOf(refused)).status).toBe(401);
});
