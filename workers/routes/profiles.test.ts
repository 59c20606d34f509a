import { expect, test } from "vitest";
import { authFetch, signUp } from "../../tests/support/worker/accounts.ts";
import { newVideo } from "../../tests/support/worker/api.ts";
import {
  createProfile,
  type Device,
  deviceOf,
  household,
  KIDS,
  openProfile,
  PIN,
  profilesOf,
  signInAgain,
} from "../../tests/support/worker/devices.ts";
import { LIMITS } from "../domain/limits.ts";
import { MAX_PIN_ATTEMPTS } from "../domain/profiles.ts";

test("profiles are created, changed and deleted, but the account's own profile always remains", async () => {
  const device = deviceOf((await signUp("viewer")).cookie);
  expect(await profilesOf(device)).toEqual({
    items: [
      {
        ...{ id: "main", name: "Test Account", avatar: "fox", kids: false, locked: false },
        ...{ maturityLimit: null, siteLanguage: null, captionLanguage: null },
      },
    ],
    active: null,
    hasPin: false,
    canManage: true,
  });
  const plain = { name: "Ben", avatar: "whale", siteLanguage: "de", captionLanguage: "de" };
  const id = await createProfile(device, plain, "");
  const path = `/v1/me/profiles/${id}`;
  expect(await device.answer("PATCH", path, { name: "Benjamin" })).toBe(204);
  expect(await device.answer("PATCH", "/v1/me/profiles/main", { name: "Mum" })).toBe(204);
  const { items, active } = await profilesOf(device);
  // Profiles are created by the account holder, who is not asked who is watching.
  expect(active).toBe("main");
  expect(items.map(({ name }) => name)).toEqual(["Mum", "Benjamin"]);
  expect(items[1]).toMatchObject({ ...plain, name: "Benjamin" });
  expect(await device.answer("DELETE", "/v1/me/profiles/main")).toBe("conflict");
  expect(await device.answer("DELETE", path)).toBe(204);
  expect(await device.answer("PATCH", path, { name: "Late" })).toBe("not_found");
  expect((await profilesOf(device)).items).toHaveLength(1);
});

test("a maturity limit requires a PIN, and a child's profile requires a low limit", async () => {
  const device = deviceOf((await signUp("viewer")).cookie);
  const post = (body: object) => device.answer("POST", "/v1/me/profiles", body);
  expect(await post(KIDS)).toBe("conflict");
  expect(await post({ ...KIDS, kids: false, maturityLimit: null, locked: true })).toBe("conflict");
  expect(await post({ ...KIDS, maturityLimit: "16" })).toBe("invalid_request");
  expect(await post({ ...KIDS, maturityLimit: null })).toBe("invalid_request");
  expect(await device.answer("PUT", "/v1/me/profiles-pin", { pin: "12" })).toBe("invalid_request");
  const main = "/v1/me/profiles/main";
  expect(await device.answer("PATCH", main, { maturityLimit: "7" })).toBe("conflict");
});

test("profilesPerAccount: one more is refused", async () => {
  const device = deviceOf((await signUp("viewer")).cookie);
  for (let count = 1; count < LIMITS.profilesPerAccount; count++)
    await createProfile(device, { name: "N", avatar: "cat" }, "");
  const more = { name: "N", avatar: "cat" };
  expect(await device.answer("POST", "/v1/me/profiles", more)).toBe("limit_reached");
});

test("a device with a child's profile plays and shows only suitable videos until the PIN is entered", async () => {
  const { device, kids } = await household();
  const [suitable, adult] = [
    await newVideo("x", { maturityRating: "7", publication: 1 }),
    await newVideo("x", { maturityRating: "18", publication: 1 }),
  ];
  const play = (id: string) => device.answer("POST", `/v1/videos/${id}/playback`);
  expect([await play(suitable), await play(adult)]).toEqual([200, 200]);
  expect(await openProfile(device, kids)).toBe(204);
  expect((await profilesOf(device)).active).toBe(kids);
  expect([await play(suitable), await play(adult)]).toEqual([200, "above_maturity_limit"]);
  expect(await device.answer("GET", `/v1/videos/${adult}`)).toBe("above_maturity_limit");
  expect(await openProfile(device, "main")).toBe("pin_required");
  expect(await openProfile(device, "main", "0000")).toBe("wrong_pin");
  expect(await play(adult)).toBe("above_maturity_limit");
  expect(await openProfile(device, "main", PIN)).toBe(204);
  expect(await play(adult)).toBe(200);
});

test("a profile with a limit may only watch: the API and the auth server refuse everything else", async () => {
  const { account, device, kids } = await household();
  expect(await openProfile(device, kids)).toBe(204);
  expect(await (await device.call("GET", "/v1/me")).json()).toMatchObject({ role: "viewer" });
  const refused = [
    ["POST", "/v1/tokens", { name: "Script", scopes: ["videos:read"] }],
    ["GET", "/v1/me/export"],
    ["POST", "/v1/me/revoke-access", { tokens: true, apps: true }],
    ["POST", "/v1/me/profiles", { name: "Big", avatar: "cat" }],
    ["PATCH", `/v1/me/profiles/${kids}`, { maturityLimit: null, kids: false }],
    ["DELETE", `/v1/me/profiles/${kids}`],
    ["PUT", "/v1/me/profiles-pin", { pin: "1111" }],
    ["POST", "/v1/playlists", { title: "Mine" }],
    ["PUT", `/v1/me/follows/${account.userId}`],
  ] as const;
  for (const [method, path, body] of refused)
    expect([path, await device.answer(method, path, body, PIN)]).toEqual([path, "limited_profile"]);
  const upload = { filename: "a.mp4", size: 10, contentType: "video/mp4" };
  expect(await device.answer("POST", "/v1/uploads", upload)).toBe("insufficient_scope");
  const { cookie, password } = account;
  for (const [path, body] of [
    ["/delete-user", { password }],
    ["/change-password", { currentPassword: password, newPassword: "another-pass-1" }],
    ["/update-user", { name: "Kid" }],
    ["/oauth2/consent", { accept: true, oauth_query: "client_id=x" }],
    ["/revoke-sessions", {}],
  ] as const) {
    const response = await authFetch(path, { cookie, body });
    expect([path, response.status]).toEqual([path, 403]);
  }
  expect((await authFetch("/list-sessions", { cookie })).status).toBe(403);
  expect((await authFetch("/get-session", { cookie })).status).toBe(200);
  expect((await authFetch("/sign-out", { cookie, body: {} })).status).toBe(200);
});

test("after several wrong PINs, none is accepted for a while", async () => {
  const { device, kids } = await household("viewer");
  await openProfile(device, kids);
  const answers: (string | number)[] = [];
  for (let attempt = 0; attempt < MAX_PIN_ATTEMPTS; attempt++)
    answers.push(await openProfile(device, "main", "0000"));
  expect(answers).toEqual([...Array(MAX_PIN_ATTEMPTS - 1).fill("wrong_pin"), "pin_paused"]);
  const paused = await device.call("PUT", "/v1/me/active-profile", { id: "main" }, PIN);
  expect([paused.status, Number(paused.headers.get("retry-after")) > 0]).toEqual([429, true]);
});

test("if the account holder's profile is locked, a new device has a low maturity limit until a profile is chosen", async () => {
  const { account, device, kids } = await household();
  const before = await signInAgain(account);
  const lock = { locked: true };
  expect(await device.answer("PATCH", "/v1/me/profiles/main", lock)).toBe("pin_required");
  expect(await device.answer("PATCH", "/v1/me/profiles/main", lock, PIN)).toBe(204);
  const adult = await newVideo("x", { maturityRating: "18", publication: 1 });
  const play = (on: Device) => on.answer("POST", `/v1/videos/${adult}/playback`);
  const after = await signInAgain(account);
  expect([await play(device), await play(before), await play(after)]).toEqual([
    200,
    "above_maturity_limit",
    "above_maturity_limit",
  ]);
  expect(await openProfile(before, "main")).toBe("pin_required");
  expect(await openProfile(before, "main", PIN)).toBe(204);
  expect(await play(before)).toBe(200);
  expect(await openProfile(after, kids)).toBe(204);
  // An account holder who has forgotten the PIN signs in again and sets another one before choosing a profile.
  expect(await after.answer("PUT", "/v1/me/profiles-pin", { pin: "1111" })).toBe("limited_profile");
  const fresh = await signInAgain(account);
  expect(await fresh.answer("PUT", "/v1/me/profiles-pin", { pin: "1111" })).toBe(204);
  expect(await openProfile(fresh, "main", "1111")).toBe(204);
  expect(await fresh.answer("PUT", "/v1/me/profiles-pin", { pin: PIN })).toBe("pin_required");
});

test("a PIN cannot be removed while a profile needs it", async () => {
  const { device, kids } = await household("viewer");
  await openProfile(device, "main");
  const remove = () => device.answer("PUT", "/v1/me/profiles-pin", { pin: null }, PIN);
  expect(await remove()).toBe("conflict");
  expect(await device.answer("DELETE", `/v1/me/profiles/${kids}`, undefined, PIN)).toBe(204);
  expect(await remove()).toBe(204);
  expect((await profilesOf(device)).hasPin).toBe(false);
});

test("a changed limit applies at once on devices with the profile, and after deleting a profile another must be chosen", async () => {
  const { account, device, kids } = await household("viewer");
  const tablet = await signInAgain(account);
  await openProfile(tablet, kids);
  const twelve = await newVideo("x", { maturityRating: "12", publication: 1 });
  const play = () => tablet.answer("POST", `/v1/videos/${twelve}/playback`);
  expect(await play()).toBe("above_maturity_limit");
  const path = `/v1/me/profiles/${kids}`;
  expect(await device.answer("PATCH", path, { maturityLimit: "12" }, PIN)).toBe(204);
  expect(await play()).toBe(200);
  expect(await device.answer("PATCH", path, { maturityLimit: "all" }, PIN)).toBe(204);
  expect(await play()).toBe("above_maturity_limit");
  expect(await device.answer("DELETE", path, undefined, PIN)).toBe(204);
  expect((await profilesOf(tablet)).active).toBeNull();
  expect(await play()).toBe("above_maturity_limit");
  expect(await openProfile(tablet, kids)).toBe("not_found");
  expect(await openProfile(tablet, "main")).toBe("pin_required");
});
