import { LIMITS } from "../../domain/limits.ts";
import { MAIN_PROFILE } from "../../domain/profiles.ts";
import { hashAccount } from "../../domain/viewer-hash.ts";
import { viewCounterName } from "../../domain/views.ts";
import { viewCounterOf } from "../views.ts";
import { ProfilesObject } from "./profiles-object.ts";
import { type SavedEntry, SavedList } from "./saved-list.ts";

/**
 * The part of an account's object that knows what its profiles like, and has the counters of the videos follow
 * (docs/decisions/601-likes.md). While an object waits for another one, the platform lets further calls in; so the changes
 * of an account take turns, and a like and its opposite at the same instant leave list and counter equal.
 */
export abstract class LikesObject extends ProfilesObject {
  /** Brings the tables to their newest form. */
  protected abstract readonly migrate: () => void;
  #lastTurn: Promise<unknown> = Promise.resolve();

  /** Waits for earlier changes, whether they succeed or fail. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(act);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  #likesOf(profileId: string): SavedList {
    return new SavedList(this.ctx.storage.sql, "likes", profileId);
  }

  /** The name under which the counter of a video knows a profile that likes it. */
  #hashProfile(userId: string, profileId: string): Promise<string> {
    const who = profileId === MAIN_PROFILE ? userId : `${userId}/${profileId}`;
    return hashAccount(this.env.BETTER_AUTH_SECRET, who);
  }

  /**
   * Likes a video, in the list first, because the list shows which counters have a like of the account. Does nothing
   * for a profile that was deleted in the meantime.
   * @returns false when the list is full
   */
  like(userId: string, profileId: string, entry: SavedEntry): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.getProfile(profileId)) return true;
      if (!this.#likesOf(profileId).add(entry, LIMITS.likesPerProfile)) return false;
      const { videoId } = entry;
      const who = await this.#hashProfile(userId, profileId);
      await viewCounterOf(this.env, videoId).addLike({ videoId, who });
      return true;
    });
  }

  /** Takes likes back, from the list last. */
  unlike(userId: string, profileId: string, videoId: string): Promise<void> {
    return this.#inTurn(() => this.#takeBack(userId, profileId, [videoId]));
  }

  /** One call per counter. */
  async #takeBack(userId: string, profileId: string, videoIds: readonly string[]): Promise<void> {
    const who = await this.#hashProfile(userId, profileId);
    for (const group of Map.groupBy(videoIds, viewCounterName).values())
      await viewCounterOf(this.env, group[0]!).removeLikes(
        group.map((videoId) => ({ videoId, who })),
      );
    this.#likesOf(profileId).remove(videoIds);
  }

  async #takeBackAll(userId: string, profileId: string): Promise<void> {
    const likes = this.#likesOf(profileId).list(LIMITS.likesPerProfile);
    await this.#takeBack(
      userId,
      profileId,
      likes.map(({ videoId }) => videoId),
    );
  }

  /** Deletes a profile with its history, lists and settings, and its likes from the counters. That of the holder stays. */
  deleteProfile(userId: string, id: string): Promise<void> {
    return this.#inTurn(async () => {
      if (id === MAIN_PROFILE) return;
      await this.#takeBackAll(userId, id);
      this.profiles.delete(id);
    });
  }

  /** Deletes all that the object stores, and the account's likes from the counters: the account is gone. */
  deleteAll(userId: string): Promise<void> {
    return this.#inTurn(async () => {
      for (const { id } of this.listProfiles()) await this.#takeBackAll(userId, id);
      await this.ctx.storage.deleteAll();
      // For a call that arrives before the object is evicted.
      this.migrate();
    });
  }
}
