import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { ProfileList } from "../../../workers/contract/profiles.ts";
import { accessToken, authFetch, cookiesOf, signUp, type TestAccount } from "./accounts.ts";
import { ORIGIN } from "./media.ts";

export const PIN = "2580";
export const KIDS = { name: "Ada", avatar: "owl", kids: true, maturityLimit: "7" };

/** One device of an account. Each call has a new access token, as after each change of the profile. */
export interface Device {
  cookie: string;
  call: (method: string, path: string, body?: unknown, pin?: string) => Promise<Response>;
  /** @returns the code of a refusal, or the status */
  answer: (method: string, path: string, body?: unknown, pin?: string) => Promise<string | number>;
}

export function deviceOf(cookie: string): Device {
  async function call(method: string, path: string, body?: unknown, pin?: string) {
    return exports.default.fetch(`${ORIGIN}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await accessToken(cookie)}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(pin === undefined ? {} : { "kinora-pin": pin }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  async function answer(...given: Parameters<typeof call>) {
    const response = await call(...given);
    return response.ok ? response.status : (await response.json<{ code: string }>()).code;
  }
  return { cookie, call, answer };
}

export async function signInAgain({ email, password }: TestAccount): Promise<Device> {
  const response = await authFetch("/sign-in/email", { body: { email, password } });
  expect(response.status).toBe(200);
  return deviceOf(cookiesOf(response));
}

export const profilesOf = async (device: Device): Promise<ProfileList> =>
  (await device.call("GET", "/v1/me/profiles")).json();
export const openProfile = (device: Device, id: string, pin?: string) =>
  device.answer("PUT", "/v1/me/active-profile", { id }, pin);
export async function createProfile(
  device: Device,
  profile: object,
  pin: string = PIN,
): Promise<string> {
  const response = await device.call("POST", "/v1/me/profiles", profile, pin);
  expect(response.status).toBe(201);
  return (await response.json<{ id: string }>()).id;
}

/** An account with a PIN and a child's profile. */
export async function household(role: "viewer" | "creator" = "creator") {
  const account = await signUp(role);
  const device = deviceOf(account.cookie);
  expect(await device.answer("PUT", "/v1/me/profiles-pin", { pin: PIN })).toBe(204);
  return { account, device, kids: await createProfile(device, KIDS) };
}
