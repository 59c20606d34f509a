import { env, exports } from "cloudflare:workers";
import { vi } from "vitest";
import { Playback } from "../../workers/contract/playback.ts";
import { PartUrls, UploadCreated } from "../../workers/contract/uploads.ts";
import { type CronPurpose, CRONS } from "../../workers/domain/crons.ts";
import type { SignedIn } from "../../workers/domain/principal.ts";
import { SCOPES } from "../../workers/contract/scopes.ts";
import { sweep } from "../../workers/jobs/sweep.ts";
import {
  authFetch,
  cookiesOf,
  signUp,
  type TestAccount,
} from "../../tests/support/worker/accounts.ts";
import { anonymous, appAs, call, type TestApp } from "../../tests/support/worker/api.ts";
import { ORIGIN, obtainCode, redeemCode, registerApp } from "../../tests/support/worker/oauth.ts";
import { ScriptedTranscoder } from "../../tests/support/worker/scripted-transcoder.ts";
import { work } from "../../tests/support/worker/transcoding.ts";
import { ManualQueues } from "./queues.ts";
import { runAlarms } from "./tables.ts";

interface Member {
  account: TestAccount;
  app: TestApp;
}

interface StoredVideo {
  id: string;
  owner: Member;
}

const CRON_PURPOSES = Object.keys(CRONS) as CronPurpose[];
const WORDS = "harbour heron storm lamp quiet boat island winter garden train river stone".split(
  " ",
);
const FILE_BYTES = 1_000;
/** Number of messages in a hundred that a queue loses. */
const LOST_PERCENT = 2;

/** Asks the gate for the first segment, as a player does. */
async function fetchBeginning(videoId: string, token: string): Promise<void> {
  const { objects } = await env.MEDIA.list({ prefix: `${videoId}/` });
  const first = objects.find(({ key }) => key.endsWith("00000.m4s"));
  if (!first) return;
  for (const key of [first.key.replace(/[^/]+$/, "init.mp4"), first.key]) {
    const response = await exports.default.fetch(`${ORIGIN}/media/${token}/${key}`);
    await response.arrayBuffer();
  }
}

function mustSucceed({ ok, status }: Response, what: string): void {
  if (!ok) throw new Error(`${what} answered ${status}.`);
}

/** A site whose simulated users act through its API. */
export class GrowingSite {
  readonly members: Member[] = [];
  readonly videos: StoredVideo[] = [];
  readonly #random: () => number;
  readonly #queues = new ManualQueues();
  readonly #transcoder: ScriptedTranscoder;
  #actions = 0;

  constructor(random: () => number) {
    this.#random = random;
    const breaks = (percent: number) => random() * 100 < percent;
    const failure = { type: "failed", detail: "Broken.", permanent: true } as const;
    this.#transcoder = new ScriptedTranscoder()
      .on("plan", (request) =>
        breaks(5) ? [{ ...failure, code: "damaged" }] : ScriptedTranscoder.perform(request),
      )
      .on("images", (request) =>
        breaks(10) ? [{ ...failure, code: "encoder_failed" }] : ScriptedTranscoder.perform(request),
      );
    this.#queues.install();
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }

  #take<T>(list: T[]): T {
    return list.splice(Math.floor(this.#random() * list.length), 1)[0] as T;
  }

  #title(): string {
    return `${this.#pick(WORDS)} ${this.#pick(WORDS)} ${this.#pick(WORDS)}`;
  }

  /** Sends a request that must succeed. */
  async #send(app: TestApp, method: string, path: string, body?: unknown, headers?: HeadersInit) {
    const response = await call(app, method, path, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  }

  /** Delivers messages, most of them, and lets runners work until nothing is left to do. */
  async settle(): Promise<void> {
    const deliver = () => this.#queues.deliver(() => this.#random() * 100 < LOST_PERCENT);
    await deliver();
    await work(this.#transcoder);
    await deliver();
  }

  /** Runs the crons' work. */
  async sweep(): Promise<void> {
    await runAlarms();
    for (const purpose of CRON_PURPOSES) await sweep(env, purpose);
    await this.settle();
  }

  async join(): Promise<void> {
    const account = await signUp("creator");
    const principal: SignedIn = {
      kind: "user",
      userId: account.userId,
      role: "creator",
      scopes: new Set(SCOPES.filter((scope) => scope !== "admin")),
      via: "session",
    };
    this.members.push({ account, app: appAs(principal) });
  }

  /** @returns the member with a new session and a new token */
  async #signIn({ account }: Member): Promise<TestAccount> {
    const { email, password } = account;
    const response = await authFetch("/sign-in/email", { body: { email, password } });
    mustSucceed(response, "Signing in");
    const cookie = cookiesOf(response);
    const answer = await authFetch("/token", { cookie });
    const { token } = await answer.json<{ token: string }>();
    return { ...account, cookie, token, headers: { authorization: `Bearer ${token}` } };
  }

  async signIn(): Promise<void> {
    await this.#signIn(this.#pick(this.members));
  }

  async failSignIn(): Promise<void> {
    const { email } = this.#pick(this.members).account;
    await authFetch("/sign-in/email", {
      body: { email, password: "not the password" },
      headers: { "cf-connecting-ip": this.#address() },
    });
  }

  async askForReset(): Promise<void> {
    const { email } = this.#pick(this.members).account;
    await authFetch("/request-password-reset", { body: { email } });
  }

  async makeToken(): Promise<void> {
    const member = this.#pick(this.members);
    const { headers } = await this.#signIn(member);
    const { app } = await import("../../workers/app.ts");
    const body = { name: "Backup", scopes: ["videos:read"], expiresInDays: 30 };
    await this.#send(app, "POST", "/v1/tokens", body, headers);
  }

  /** An account uses another account's app. */
  async grantApp(): Promise<void> {
    const owner = await this.#signIn(this.#pick(this.members));
    const user = await this.#signIn(this.#pick(this.members));
    const client = await registerApp(owner);
    const flow = await obtainCode(user, client, "openid offline_access videos:read");
    mustSucceed(await redeemCode(flow), "Redeeming a code");
  }

  async leave(): Promise<void> {
    const member = this.#take(this.members);
    const { cookie } = await this.#signIn(member);
    const { password } = member.account;
    const answer = await authFetch("/delete-user", { cookie, body: { password } });
    mustSucceed(answer, "Leaving");
    this.#forget(({ owner }) => owner === member);
  }

  #forget(isGone: (video: StoredVideo) => boolean): void {
    const left = this.videos.filter((video) => !isGone(video));
    this.videos.splice(0, this.videos.length, ...left);
  }

  /** Opens an upload and stores its part. */
  async #open(owner: Member): Promise<UploadCreated> {
    const upload = UploadCreated.parse(
      await this.#send(
        owner.app,
        "POST",
        "/v1/uploads",
        {
          ...{ filename: "a.mp4", size: FILE_BYTES, contentType: "video/mp4" },
          ...{ title: this.#title(), visibility: "public" },
        },
        { "idempotency-key": `upload-${this.#actions++}` },
      ),
    );
    const path = `/v1/uploads/${upload.id}/parts`;
    const { parts } = PartUrls.parse(
      await this.#send(owner.app, "POST", path, { partNumbers: [1] }),
    );
    const body = new Uint8Array(FILE_BYTES).fill(this.#actions);
    const stored = await fetch(parts[0]!.url, { method: "PUT", body });
    const etag = stored.headers.get("etag");
    await this.#send(owner.app, "PUT", `${path}/1`, { etag });
    return upload;
  }

  async upload(): Promise<void> {
    const owner = this.#pick(this.members);
    const { id, videoId } = await this.#open(owner);
    await this.#send(owner.app, "POST", `/v1/uploads/${id}/complete`);
    await this.settle();
    this.videos.push({ id: videoId, owner });
  }

  async abortUpload(): Promise<void> {
    const owner = this.#pick(this.members);
    const { id } = await this.#open(owner);
    await this.#send(owner.app, "DELETE", `/v1/uploads/${id}`);
    await this.settle();
  }

  /** The tab is closed and never opened again. */
  async abandonUpload(): Promise<void> {
    await this.#open(this.#pick(this.members));
  }

  async edit(): Promise<void> {
    if (this.videos.length === 0) return;
    const { id, owner } = this.#pick(this.videos);
    await this.#send(owner.app, "PATCH", `/v1/videos/${id}`, { title: this.#title() });
    await this.settle();
  }

  async addCaptions(): Promise<void> {
    if (this.videos.length === 0) return;
    const { id, owner } = this.#pick(this.videos);
    const text = `WEBVTT\n\n00:01.000 --> 00:03.000\n${this.#title()}\n`;
    await call(owner.app, "PUT", `/v1/videos/${id}/captions/en`, text, {
      "content-type": "text/vtt",
    });
    await this.settle();
  }

  /** Moves a video into the bin; some members empty it at once. */
  async remove(): Promise<void> {
    if (this.videos.length === 0) return;
    const { id, owner } = this.#take(this.videos);
    await this.#send(owner.app, "DELETE", `/v1/videos/${id}`);
    if (this.#random() < 0.3) await this.#send(owner.app, "DELETE", `/v1/bin/${id}`);
    await this.settle();
  }

  #address(): string {
    return `192.0.${Math.floor(this.#random() * 250)}.${Math.floor(this.#random() * 250)}`;
  }

  /** A viewer searches, opens a result and watches it. */
  async watch(): Promise<void> {
    if (this.videos.length === 0) return;
    const { id } = this.#pick(this.videos);
    const viewer = this.#random() < 0.5 ? this.#pick(this.members).app : anonymous;
    const from = { "cf-connecting-ip": this.#address() };
    const q = this.#pick(WORDS);
    await this.#send(anonymous, "GET", `/v1/search?q=${q}`);
    await this.#send(viewer, "POST", "/v1/searches", { q, videoId: id }, from);
    const started = await call(viewer, "POST", `/v1/videos/${id}/playback`, {});
    // The upload has failed.
    if (!started.ok) return;
    const { token } = Playback.parse(await started.json());
    await fetchBeginning(id, token);
    vi.setSystemTime(Date.now() + 20_000);
    const beacon = { token, watched: 20, closed: true };
    await this.#send(viewer, "POST", "/v1/beacons", beacon, from);
    if (viewer !== anonymous)
      await this.#send(viewer, "PUT", `/v1/videos/${id}/progress`, { position: 20 });
    await this.settle();
  }

  /** Ends all playbacks of a video. */
  async revoke(): Promise<void> {
    if (this.videos.length === 0) return;
    const { id, owner } = this.#pick(this.videos);
    await this.#send(owner.app, "DELETE", `/v1/videos/${id}/playback`);
  }
}
