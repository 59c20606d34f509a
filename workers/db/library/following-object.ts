import { DurableObject } from "cloudflare:workers";
import { catalog } from "../client.ts";
import { saveFollowers } from "../creators.ts";
import { type FollowState, FollowStore } from "./follow-store.ts";
import { copyOf, type LibraryCopy, restoreCopy } from "./library-copy.ts";
import { type PushEntry, PushStore } from "./push-store.ts";

/** How long to wait when CATALOG did not take the number of followers. */
const FOLLOWERS_RETRY_MS = 60_000;

/**
 * The part of an account's object with its follows and followers (docs/decisions/612-follows.md), and how followers are
 * notified of new videos (docs/decisions/671-web-push.md).
 */
export class FollowingObject extends DurableObject<Env> {
  readonly #follows = new FollowStore(this.ctx.storage);
  readonly #push = new PushStore(this.ctx.storage);

  /** All permanent data, for a backup. */
  copyAll(): LibraryCopy {
    return copyOf(this.ctx.storage.sql);
  }

  /** Restores the object to its state at a backup, and drops everything newer. */
  restoreAll(copy: LibraryCopy): void {
    restoreCopy(this.ctx.storage, copy);
  }

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

  /** Videos published until this time count as seen. */
  markSeen(until: number): void {
    this.#follows.markSeen(until);
  }

  /** @param ownId of the account that is followed, whose object this is */
  addFollower(ownId: string, followerId: string): Promise<void> {
    return this.#follows.addFollower(ownId, followerId);
  }

  removeFollower(followerId: string): Promise<void> {
    this.#push.setFollower(followerId, false);
    return this.#follows.removeFollower(followerId);
  }

  /** Registers a browser of the account for its notifications. */
  addPush(entry: PushEntry): void {
    this.#push.add(entry);
  }

  removePush(endpoints: string[]): void {
    this.#push.remove(endpoints);
  }

  /** The browsers that get the account's notifications, the oldest first. */
  listPush(): PushEntry[] {
    return this.#push.list();
  }

  /** Whether a follower wants notifications of this account's new videos. */
  setPushFollower(followerId: string, wants: boolean): void {
    this.#push.setFollower(followerId, wants);
  }

  /** A page of the followers who want notifications. @param after the last one of the previous page */
  pushFollowers(after: string, limit: number): string[] {
    return this.#push.followers(after, limit);
  }

  /** Records that followers are notified of a video. @returns false when there is nothing to do */
  announce(videoId: string, now: number): boolean {
    return this.#push.announce(videoId, now);
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
