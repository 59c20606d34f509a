import type { Publication } from "../contract/publications.ts";
import type { PublicJwk } from "../contract/signing-keys.ts";
import type { WrappedKey } from "./content-key.ts";
import type { ImageSource } from "./urls.ts";

/** What delivery knows about a video, deleted or not. */
export interface DeliveredVideo extends ImageSource {
  /** Number of the newest set of final playlists; 0 while there is none. */
  publication: number;
  /** Milliseconds since the epoch; null unless the video was deleted. */
  deletedAt: number | null;
}

/** A position in the logs of signing keys and of revocations: the ids of the entries read last. */
export interface LogPosition {
  key: number;
  revocation: number;
}

/** A creator's public key that is not revoked. */
export interface SigningKeyEntry {
  id: number;
  kid: string;
  ownerId: string;
  jwk: PublicJwk;
}

/** Times are milliseconds since the epoch. */
export interface RevocationEntry {
  id: number;
  /** Made by `keySubject`, `videoSubject` or `sessionSubject` (domain/revocations.ts). */
  subject: string;
  /** Tokens issued before are refused. */
  at: number;
  /** When the last of these tokens expires. */
  until: number;
}

/**
 * The reads of the catalogue that delivery needs. Media does not know the database: services/media-catalog.ts
 * implements this, and workers/index.ts passes it in. Every read may lag behind the latest write by a moment.
 */
export interface MediaCatalog {
  findVideo(videoId: string): Promise<DeliveredVideo | null>;
  /** Null for a version that is not encrypted or does not exist. */
  findContentKey(videoId: string, version: number): Promise<WrappedKey | null>;
  /** The encoded media of a version so far; null before its plan exists. */
  loadLivePublication(videoId: string, version: number): Promise<Publication | null>;
  /** Reports that a viewer requested an object that is missing from storage. */
  reportMissing(videoId: string, version: number, path: string): Promise<void>;
  /** Reports that a playback fetches the video itself. `at`: since when, in milliseconds since the epoch. */
  reportFetch(videoId: string, sessionId: string, at: number): Promise<void>;
  /** The entries after a position, in the order of their ids. */
  readDeliveryLog(
    after: LogPosition,
  ): Promise<{ keys: SigningKeyEntry[]; revocations: RevocationEntry[] }>;
}
