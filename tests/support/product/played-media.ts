import type { Page } from "playwright-core";

/**
 * Red, green and blue in the middle of a box of what a playing video shows.
 * @param x from the left, as a share of the width
 */
export async function colourAt(page: Page, x: number, y: number): Promise<number[]> {
  return page
    .locator("video")
    .first()
    .evaluate(
      (media: HTMLVideoElement, at) => {
        const { videoWidth: width, videoHeight: height } = media;
        if (width === 0) return [];
        const context = new OffscreenCanvas(1, 1).getContext("2d")!;
        // One pixel is the mean of the box.
        const side = Math.round(width / 32);
        const corner = [at.x * width - side / 2, at.y * height - side / 2] as const;
        context.drawImage(media, ...corner, side, side, 0, 0, 1, 1);
        return Array.from(context.getImageData(0, 0, 1, 1).data).slice(0, 3);
      },
      { x, y },
    );
}

/** The languages of the audio tracks offered by the player; an empty string if unknown. */
export async function audioLanguagesOf(page: Page, videoId: string): Promise<string[]> {
  return page.evaluate(async (id) => {
    const opened = await fetch(`/v1/videos/${id}/playback`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const { hls } = (await opened.json()) as { hls: string };
    const multivariant = await (await fetch(new URL(hls, location.href))).text();
    const tracks = multivariant.split("\n").filter((line) => line.includes("TYPE=AUDIO"));
    return tracks.map((line) => /LANGUAGE="([^"]+)"/.exec(line)?.[1] ?? "");
  }, videoId);
}

/** The pitch in hertz of the first audio track, which is a tone, at its beginning. */
export async function toneOf(page: Page, videoId: string): Promise<number> {
  return page.evaluate(async (id) => {
    const opened = await fetch(`/v1/videos/${id}/playback`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const { hls } = (await opened.json()) as { hls: string };
    const address = new URL(hls, location.href);
    const first = (pattern: RegExp, text: string): string => pattern.exec(text)?.[1] ?? "";
    const multivariant = await (await fetch(address)).text();
    const list = new URL(first(/TYPE=AUDIO.*URI="([^"]+)"/, multivariant), address);
    const segments = await (await fetch(list)).text();
    const parts = [/EXT-X-MAP:URI="([^"]+)"/, /^([^#\s].*)$/m].map(async (pattern) =>
      (await fetch(new URL(first(pattern, segments), list))).blob(),
    );
    const bytes = await new Blob(await Promise.all(parts)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(bytes);
    const samples = sound.getChannelData(0);
    const rises = samples.filter((sample, i) => sample >= 0 && (samples[i - 1] ?? 0) < 0).length;
    return rises / sound.duration;
  }, videoId);
}
