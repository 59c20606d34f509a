import { FollowingObject } from "./following-object.ts";
import {
  type PinCheck,
  type ProfileChange,
  type ProfileEntry,
  ProfileStore,
} from "./profile-store.ts";

/** The part of an account's object with its profiles (docs/decisions/675-profiles.md). */
export class ProfilesObject extends FollowingObject {
  protected readonly profiles = new ProfileStore(this.ctx.storage);

  /** The holder's first, then the oldest. */
  listProfiles(): ProfileEntry[] {
    return this.profiles.list();
  }

  getProfile(id: string): ProfileEntry | null {
    return this.profiles.get(id);
  }

  /** @returns false when the account has as many as it can have */
  createProfile(profile: ProfileEntry): boolean {
    return this.profiles.create(profile);
  }

  updateProfile(id: string, change: ProfileChange): void {
    this.profiles.update(id, change);
  }

  hasPin(): boolean {
    return this.profiles.hasPin();
  }

  setPin(hash: string | null): void {
    this.profiles.setPin(hash);
  }

  /** An object handles one call at a time, so concurrent guesses all count. */
  checkPin(hash: string | null, now: number): PinCheck {
    return this.profiles.checkPin(hash, now);
  }
}
