import { signatureOf } from "./signature.ts";

const PURPOSE = "video-file";

/** The signature that makes a link to one file of a video work until a time, in milliseconds since the epoch. */
export async function fileToken(
  secret: string,
  { videoId, fileId, until }: { videoId: string; fileId: string; until: number },
): Promise<string> {
  return `${until}.${await signatureOf(secret, PURPOSE, `${videoId} ${fileId} ${until}`)}`;
}

/** Whether a token is of a link to this file, and has not expired. */
export async function isFileToken(
  secret: string,
  { videoId, fileId }: { videoId: string; fileId: string },
  token: string,
  now: number,
): Promise<boolean> {
  const until = Number(/^(\d{1,15})\./.exec(token)?.[1] ?? 0);
  return until > now && token === (await fileToken(secret, { videoId, fileId, until }));
}
