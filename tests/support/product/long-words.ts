import { generateKeyPairSync } from "node:crypto";
import type { ApiClient } from "../../../scripts/api-client.ts";

/** A very wide word of 80 letters. */
export const LONG_WORD =
  "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzentwurfsverfasser";
/** A right-to-left text. */
export const ARABIC = "مرفأ الليل";

/**
 * Writes the word wherever an account can enter text: into a video and its chapters, a public playlist and a series
 * with the video, a profile, and the names of credentials.
 * @returns ids of the playlist and the series
 */
export async function writeLongWords(
  api: ApiClient,
  videoId: string,
): Promise<Record<"playlist" | "series", string>> {
  await api.call("PATCH", `/v1/videos/${videoId}`, {
    title: `Harbour light ${ARABIC} ${LONG_WORD}`,
    description: `${ARABIC} https://example.com/${"x".repeat(200)}`,
    tags: ["sea", "x".repeat(50), ARABIC],
    people: ["y".repeat(100), ARABIC],
  });
  const chapters = [0, 4].map((start) => ({ start, title: LONG_WORD }));
  await api.call("PUT", `/v1/videos/${videoId}/chapters`, { own: chapters });
  async function list(kind: string): Promise<string> {
    const body = { kind, title: `A ${kind} of ${LONG_WORD}`, visibility: "public" };
    const { id } = (await api.call("POST", "/v1/playlists", body)) as { id: string };
    await api.call("PUT", `/v1/playlists/${id}/videos/${videoId}`, {});
    return id;
  }
  const links = [{ title: LONG_WORD.slice(0, 60), url: `https://example.com/${LONG_WORD}` }];
  await api.call("PUT", "/v1/me/profile", { about: LONG_WORD, links });
  const credential = { name: LONG_WORD, scopes: ["videos:read"] };
  await api.call("POST", "/v1/tokens", credential);
  const redirectUris = ["https://app.example/callback"];
  await api.call("POST", "/v1/apps", { ...credential, redirectUris, confidential: true });
  const jwk = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  await api.call("POST", "/v1/signing-keys", { name: LONG_WORD, jwk });
  return { playlist: await list("playlist"), series: await list("series") };
}
