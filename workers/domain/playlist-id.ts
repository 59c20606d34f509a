import { newId } from "./id.ts";

const ACCOUNT_ID_LENGTH = 22;
/** 71 bits: an unlisted playlist cannot be guessed, even if its account is known. */
const OWN_LENGTH = 12;

/** A new id of a playlist of an account. */
export function newPlaylistId(ownerId: string): string {
  return ownerId + newId().slice(0, OWN_LENGTH);
}

/** The account whose library keeps a playlist. */
export function accountOfPlaylist(id: string): string {
  return id.slice(0, ACCOUNT_ID_LENGTH);
}
