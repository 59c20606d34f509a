import { runFfmpeg } from "../../scripts/product/sample-video.ts";
import type { ApiClient } from "../../scripts/api-client.ts";
import { Playback } from "../../workers/contract/playback.ts";

const TIMEOUT_PLAYLIST_MS = 20_000;
/** A rendition may be this much shorter or longer than its source, which is less than half a segment. */
const TOLERANCE_SECONDS = 0.5;

async function readPlaylist(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_PLAYLIST_MS) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
}

const durationOf = (playlist: string): number =>
  [...playlist.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, value]) => sum + Number(value), 0);

/**
 * Decodes every rendition of the HLS presentation to its end.
 * @param seconds duration of the source
 * @returns the renditions with their faults, and the number of all
 * @throws Error when a playlist is not answered
 */
export async function decodeAll(
  api: ApiClient,
  id: string,
  seconds: number,
): Promise<{ renditions: number; faults: string[] }> {
  const playback = Playback.parse(await api.call("POST", `/v1/videos/${id}/playback`, {}));
  const url = new URL(playback.hls, api.origin);
  const text = await readPlaylist(url.href);
  const uris = [...text.matchAll(/^(?!#)(\S+)$|TYPE=AUDIO[^\n]*URI="([^"]+)"/gm)];
  const playlists = new Set(uris.map(([, video, audio]) => new URL((video ?? audio)!, url).href));
  const faults: string[] = [];
  for (const playlist of playlists) {
    const media = await readPlaylist(playlist);
    const duration = durationOf(media);
    if (!media.includes("#EXT-X-ENDLIST") || Math.abs(duration - seconds) > TOLERANCE_SECONDS)
      faults.push(`${playlist}: ${duration} s of ${seconds} s`);
    const args = ["-xerror", "-i", playlist, "-f", "null", "-"];
    await runFfmpeg(args).catch((error: unknown) => faults.push(`${playlist}: ${String(error)}`));
  }
  if (playlists.size < 2) faults.push(`${url.href}: ${playlists.size} renditions`);
  return { renditions: playlists.size, faults };
}
