/** The ids of the API (`Id` in workers/contract), without the schema library. */
const VIDEO_ID = /^[0-9A-Za-z]{22}$/;

/** False for an address that no video can have, such as a truncated one. */
export function isVideoId(text: string | undefined): text is string {
  return text !== undefined && VIDEO_ID.test(text);
}
