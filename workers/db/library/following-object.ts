import { DurableObject } from "cloudflare:workers";
import { catalog } from "../client.ts";
import { saveFollowers } from "../creators.ts";
import { type FollowState, FollowStore } from "./follow-store.ts";

/** How long to wait when CATALOG did not take the number of followers. */
const FOLLOWERS_RETRY_MS = 60_000;

/** The part of an account's object that knows whom it follows and who follows it (docs/decisions/612-follows.md). */
export class FollowingObject extends DurableObject<Env> {
  readonly #follows = new FollowStore(this.ctx.storage);

  /** @returns false when the account follows as many creators as it can */
  follow(creatorId: string, now: number): boolean {
    return this.#follows.follow(creatorId, now);
  }

  unfollow(creatorIds: string[]): void {
    this.#follows.unfollow(creatorIds);
  }

  isFollowing(creatorId: string): boolean {
    return this.#follows.has(creatorId);
  }

  /** The newest follow first. */
  followState(): FollowState {
    return this.#follows.state();
  }

  /** What was published until this time has been seen. */
  markSeen(until: number): void {
    this.#follows.markSeen(until);
  }

  /** @param ownId of the account that is followed, whose object this is */
  addFollower(ownId: string, followerId: string): Promise<void> {
    return this.#follows.addFollower(ownId, followerId);
  }

  removeFollower(followerId: string): Promise<void> {
    return this.#follows.removeFollower(followerId);
  }

  /**
   * Adds up the followers for CATALOG. It tries again after a failure and never throws: the platform gives up an alarm that
   * fails some times. An outage of CATALOG is in the log of all else that needs it.
   */
  override async alarm(): Promise<void> {
    const followers = this.#follows.followers();
    if (!followers) return;
    await saveFollowers(catalog(this.env), followers.ownId, followers.count).catch(() =>
      this.ctx.storage.setAlarm(Date.now() + FOLLOWERS_RETRY_MS),
    );
  }
}
