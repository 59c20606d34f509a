import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { ApiClient } from "../../scripts/api-client.ts";
import { uploadFile } from "../../scripts/upload-file.ts";
import { generateSource } from "../../scripts/product/sample-video.ts";
import { untilReady } from "../../scripts/product/published-video.ts";
import { settled, sitePages } from "../../scripts/product/site-pages.ts";
import { closeKeptPages, openKeptPage } from "../support/product/kept-cache.ts";
import { expectPlaying, recordMediaErrors } from "../support/product/player.ts";
import { startSession } from "../support/product/session.ts";

const origin = inject("origin");
const MARK = "zqhostile";
const SCRIPT = `"'><img src=x onerror="pwned=1"><svg onload="pwned=1"><script>pwned=1</script><a href="javascript:pwned=1">`;
const NAME = SCRIPT.slice(0, 60);
const account = {
  name: NAME,
  email: "mallory@example.com",
  password: "seven hostile paper boats",
};

let page: Page;
let folder: string;
let videoId = "";
let creatorId = "";
let clientId = "";
/** All violations of the Content-Security-Policy on all pages. */
const blocked: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kinora-hostile-"));
  const source = join(folder, "source.mp4");
  await generateSource(source, { seconds: 8, width: 320, height: 180, rate: 15 });
  const api = new ApiClient(origin);
  await api.signIn(account);
  const details = {
    title: `${MARK} ${SCRIPT}`,
    description: `${SCRIPT}\n[x](javascript:pwned=1)`,
    tags: [SCRIPT.slice(0, 50)],
    people: [SCRIPT.slice(0, 100)],
    filename: `${SCRIPT}.mp4`,
    visibility: "public" as const,
    encrypted: true,
  };
  videoId = await uploadFile(api, source, details, () => {});
  creatorId = (await untilReady(api, videoId)).creator.id;
  const links = [{ title: SCRIPT.slice(0, 60), url: `https://example.com/?"><${MARK}` }];
  await api.call("PUT", "/v1/me/profile", { about: SCRIPT, links });
  page = await openKeptPage({ baseURL: origin });
  await page.exposeFunction("reportBlocked", (what: string) => blocked.push(what));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const page = window as unknown as { reportBlocked: (what: string) => void };
      page.reportBlocked(`${location.pathname}: ${violatedDirective} ${blockedURI}`);
    }),
  );
  await recordMediaErrors(page);
  await startSession(page, account);
  await send(
    "PUT",
    `/v1/videos/${videoId}/captions/en`,
    "text/vtt",
    `WEBVTT\n\n00:00.000 --> 00:08.000\n<v ${SCRIPT}>${SCRIPT}</v> <b>bold</b>\n`,
  );
  const scopes = ["videos:read"];
  const token = { name: NAME, scopes, expiresInDays: 1 };
  await send("POST", "/v1/tokens", "application/json", JSON.stringify(token));
  const redirectUris = ["https://app.example/callback"];
  const app = { name: NAME, redirectUris, scopes, confidential: true };
  const made = await send("POST", "/v1/apps", "application/json", JSON.stringify(app));
  ({ clientId } = JSON.parse(made) as { clientId: string });
  const jwk = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  await send("POST", "/v1/signing-keys", "application/json", JSON.stringify({ name: NAME, jwk }));
  await addPasskey(NAME);
});
afterAll(async () => {
  await closeKeptPages();
  await rm(folder, { recursive: true, force: true });
});

/** Adds a passkey under a name that no device would choose by itself. */
async function addPasskey(name: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  const status = await page.evaluate(async (label) => {
    const asked = await fetch("/api/auth/passkey/generate-register-options");
    const options = (await asked.json()) as PublicKeyCredentialCreationOptionsJSON;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const response = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    const answer = await fetch("/api/auth/passkey/verify-registration", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ response: response.toJSON(), name: label }),
    });
    return answer.status;
  }, name);
  if (status !== 200) throw new Error(`Adding the passkey answered ${status}`);
}

/** Calls the API with the session of the page. @returns the response body */
async function send(method: string, path: string, type: string, body: string): Promise<string> {
  const { status, text: responseBody } = await page.evaluate(
    async ([verb, url, contentType, requestBody]) => {
      const { token } = (await (await fetch("/api/auth/token")).json()) as { token: string };
      const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
      const response = await fetch(url, { method: verb, headers, body: requestBody });
      return { status: response.status, text: await response.text() };
    },
    [method, path, type, body] as const,
  );
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}`);
  return responseBody;
}

/** Nothing in the hostile text became markup or a script, and the policy had to block nothing. */
async function expectHarmless(): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: "pwned" in window,
    elements: document.querySelectorAll("img[src=x], svg[onload], a[href^='javascript:']").length,
    // Leaves out the first script, which the policy names by its hash. The description for search engines is data that
    // browsers do not run; it must consist of a single JSON document.
    inlineScripts: Array.from(document.querySelectorAll("script:not([src], [data-site])")).filter(
      (script) => {
        return (
          script.getAttribute("type") !== "application/ld+json" || !JSON.parse(script.innerHTML)
        );
      },
    ).length,
  }));
  expect(found).toEqual({ ran: false, elements: 0, inlineScripts: 0 });
  expect(blocked).toEqual([]);
}

test("an encrypted video plays in the site's player", async () => {
  const keys: number[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith(`/${videoId}/1/key`)) keys.push(response.status());
  });
  await page.goto(`/watch/${videoId}`);
  await page.locator("video").evaluate((media: HTMLVideoElement) => {
    media.muted = true;
    return media.play();
  });
  await expectPlaying(page);
  expect(keys).toContain(200);
});

test("titles and account names are shown as text on every page", async () => {
  for (const { path } of sitePages({ id: videoId, creatorId }, `${MARK} ${SCRIPT}`)) {
    await page.goto(path);
    await settled(page);
    await expectHarmless();
  }
  await page.goto(`/watch/${videoId}`);
  await settled(page);
  expect(await page.locator("h1").first().textContent()).toContain("<script>");
});

test("captions are shown as text with WebVTT's own tags only", async () => {
  await page.goto(`/watch/${videoId}`);
  await settled(page);
  const tags = await page.evaluate(async () => {
    const track = [...(document.querySelector("video")?.textTracks ?? [])].find(
      ({ kind }) => kind === "captions",
    );
    if (!track) return null;
    track.mode = "showing";
    while (!track.cues?.length) await new Promise((resolve) => requestAnimationFrame(resolve));
    const cue = track.cues[0] as VTTCue;
    return Array.from(cue.getCueAsHTML().querySelectorAll("*"), ({ localName }) => localName);
  });
  expect(tags).not.toBeNull();
  expect(tags?.filter((name) => !["b", "i", "u", "span", "ruby", "rt"].includes(name))).toEqual([]);
  await expectHarmless();
});

test("names in the settings are shown as text", async () => {
  for (const section of ["tokens", "apps", "keys", "security"]) {
    await page.goto(`/settings/${section}`);
    await settled(page);
    await page.locator("main").getByText(NAME).first().waitFor();
    await expectHarmless();
  }
});

test("an app's name is shown as text on the consent page", async () => {
  const asked = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: "https://app.example/callback",
    scope: "videos:read",
    state: SCRIPT,
    code_challenge: "x".repeat(43),
    code_challenge_method: "S256",
  });
  await page.goto(`/api/auth/oauth2/authorize?${asked.toString()}`);
  expect(new URL(page.url()).pathname).toBe("/consent");
  await page.getByRole("main").locator("strong", { hasText: NAME }).waitFor();
  await expectHarmless();
});
