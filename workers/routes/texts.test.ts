import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import {
  call,
  newAccount,
  newVideo,
  problemOf,
  type TestApp,
} from "../../tests/support/worker/api.ts";
import { Video } from "../contract/videos.ts";

const HARMFUL: [string, string][] = [
  ["NUL", "a\u0000b"],
  ["a line break", "a\r\nb"],
  ["an escape of terminals", "a\u001b[2Jb"],
  ["a bidi override", "a\u202egpm.exe"],
  ["a bidi isolate", "a\u2066b"],
  ["a line separator", "a\u2028b"],
  ["half a character", "a\ud83d"],
  ["only zero-width characters", "\u200b\u2060\u200d"],
  ["only a filler", "\u3164"],
];

type Write = (app: TestApp, videoId: string, text: string) => Promise<Response>;
const patch =
  (fieldsOf: (text: string) => object): Write =>
  (app, id, text) =>
    call(app, "PATCH", `/v1/videos/${id}`, fieldsOf(text));

/** Every single-line text that accounts enter and others see. */
const LINES: [string, Write][] = [
  ["a title", patch((title) => ({ title }))],
  ["a tag", patch((tag) => ({ tags: ["ok", tag] }))],
  ["a person", patch((name) => ({ people: [name] }))],
  [
    "the title of an upload",
    (app, _, title) =>
      call(app, "POST", "/v1/uploads", {
        filename: "a.mp4",
        size: 10,
        contentType: "video/mp4",
        title,
      }),
  ],
  [
    "the name of a token",
    (app, _, name) => call(app, "POST", "/v1/tokens", { name, scopes: ["videos:read"] }),
  ],
  [
    "the name of an app",
    (app, _, name) =>
      call(app, "POST", "/v1/apps", {
        name,
        redirectUris: ["https://a.example/"],
        scopes: ["openid"],
        confidential: false,
      }),
  ],
  [
    "the name of a signing key",
    (app, _, name) =>
      call(app, "POST", "/v1/signing-keys", {
        name,
        jwk: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
      }),
  ],
];

test.each(LINES)("%s contains no characters that hide, break or reorder text", async (_, write) => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  for (const [what, text] of HARMFUL) {
    const response = await write(app, id, text);
    expect([what, response.status]).toEqual([what, 400]);
    expect(await problemOf(response)).toMatchObject({ code: "invalid_request" });
  }
  for (const text of ["李小龍", "عبد الله", "👩‍👩‍👧 Co.", "שלום\u200f!", "می\u200cخواهم"])
    expect([text, (await write(app, id, text)).status]).toEqual([
      text,
      expect.toBeOneOf([200, 201]),
    ]);
});

test.each(HARMFUL)("the name of an account contains no %s", async (_, name) => {
  const { cookie } = await signUp("viewer");
  expect((await authFetch("/update-user", { cookie, body: { name } })).status).toBe(400);
});

test("a description keeps its lines with uniform line ends, and no other invisible characters", async () => {
  const { app, userId } = await newAccount();
  const id = await newVideo(userId);
  const describe = (description: string) => call(app, "PATCH", `/v1/videos/${id}`, { description });
  const kept = await describe("one\r\ntwo\rthree\n\tfour");
  expect(Video.parse(await kept.json()).description).toBe("one\ntwo\nthree\n\tfour");
  for (const text of ["a\u0000b", "a\u202eb", "a\u001bb"])
    expect((await describe(text)).status).toBe(400);
});

test("a file name with such characters can be uploaded, under a clean title", async () => {
  const { app } = await newAccount();
  const file = { size: 10, contentType: "video/mp4" };
  const created = await call(app, "POST", "/v1/uploads", {
    ...file,
    filename: "a\u0000b\u202ec.mp4",
  });
  expect(created.status).toBe(201);
  const { id, videoId } = await created.json<{ id: string; videoId: string }>();
  const upload = await (await call(app, "GET", `/v1/uploads/${id}`)).json<{ filename: string }>();
  expect(upload.filename).toBe("a_b_c.mp4");
  expect(Video.parse(await (await call(app, "GET", `/v1/videos/${videoId}`)).json()).title).toBe(
    "a b c",
  );
});
