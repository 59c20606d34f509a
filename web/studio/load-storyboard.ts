import { createPlayback, sendBeacon } from "../api.ts";
import { send } from "../http.ts";
import { readStoryboard, type StoryboardTile } from "./storyboard.ts";

/** The storyboard of a video; empty while it has none. */
export async function loadStoryboard(id: string, signal: AbortSignal): Promise<StoryboardTile[]> {
  const { storyboard, counted, token } = await createPlayback(id, signal);
  // Playback is not needed.
  if (counted) sendBeacon({ token, watched: 0, ended: false, closed: true });
  return storyboard === null ? [] : readStoryboardAt(storyboard, signal);
}

/** The frames of a storyboard. @param url of its WebVTT, with a token */
export async function readStoryboardAt(
  url: string,
  signal: AbortSignal,
): Promise<StoryboardTile[]> {
  const address = new URL(url, location.href).href;
  const response = await send(address, { signal });
  return response.ok ? readStoryboard(await response.text(), address) : [];
}

/** A tile as a separate image, for as long as the page is shown. */
export async function pictureOf(tile: StoryboardTile): Promise<string> {
  const { sheet, x, y, width, height } = tile;
  const image = new Image();
  image.src = sheet;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(image, x, y, width, height, 0, 0, width, height);
  return canvas.toDataURL("image/jpeg");
}
