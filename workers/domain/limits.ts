import { MAX_CAPTION_TRACKS } from "../contract/captions.ts";
import { MAX_PROFILES } from "../contract/max-profiles.ts";

/**
 * The maximum number of rows of each kind per account, so that no account fills the database or the queue. All are far
 * above normal use. Limits per video belong here too, because videos are limited.
 */
export const LIMITS = {
  /** Every video of an account that is not deleted, in any state. */
  videosPerAccount: 20_000,
  openUploadsPerAccount: 100,
  /**
   * The open uploads among them whose files the Worker reads from links, because they share a few consumers with other
   * accounts.
   */
  openLinksPerAccount: 20,
  personalTokensPerAccount: 50,
  appsPerAccount: 20,
  /** Every isolate holds all keys in memory. */
  signingKeysPerAccount: 20,
  passkeysPerAccount: 20,
  /** Apps of other accounts that may act for the account. */
  grantsPerAccount: 200,
  /**
   * Tokens of one app for one account, including rotated ones. Beyond it, the oldest are deleted, tokens in use last.
   */
  refreshTokensPerGrant: 50,
  captionTracksPerVideo: MAX_CAPTION_TRACKS,
  /** Links to a private video. Expired ones count for a month, unless they are revoked. */
  accessLinksPerVideo: 50,
  /** Accounts that may watch a private video, whether or not they exist yet. */
  invitedAccountsPerVideo: 200,
  /** Beyond it, revoking one more session of a video revokes all of its tokens. */
  revokedSessionsPerVideo: 50,
  /** Beyond it, the oldest session ends. */
  sessionsPerAccount: 50,
  /** Responses kept for a repeated request, each for a day. */
  idempotencyKeysPerAccount: 2_000,
  /** Automatic captions of one version of a video. */
  transcriptionsPerVersion: 20,
  /** Poster changes of one version of a video, each with its files. */
  postersPerVersion: 100,
  /** Edits, replaced files and repairs of a video in all, each with the rows of its tasks. */
  versionsPerVideo: 100,
  /** Tokens of the whole site; its runners are containers, local processes and runners with a token. */
  runnerTokens: 200,
  runners: 2_000,
  /** Invitations of the last days, accepted or not. */
  invitations: 200,
  /** Profiles per account, including its holder's. */
  profilesPerAccount: MAX_PROFILES,
  /** Positions in videos, for the history. Beyond it, the oldest is forgotten. */
  watchedVideosPerProfile: 10_000,
  watchlistPerProfile: 2_000,
  likesPerProfile: 10_000,
  /** Reports that no moderator has closed. More reports of a video add no information. */
  openReportsPerVideo: 50,
  openReportsPerReporter: 20,
  /** Decisions of moderators. Beyond it, the oldest one without an appeal is deleted. */
  rulingsPerVideo: 50,
  /** Banned files of the whole site. */
  bannedSources: 100_000,
  playlistsPerAccount: 200,
  videosPerPlaylist: 500,
  /** Creators that one account follows. Their newest videos are read together. */
  followsPerAccount: 500,
  /** Browsers that get notifications. Beyond it, the oldest no longer gets any. */
  pushSubscriptionsPerAccount: 10,
} as const;

/** Only responses to creations are stored; they have less than a kilobyte. */
export const MAX_STORED_RESPONSE_CHARACTERS = 4_096;
