import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { OEmbed } from "../contract/oembed.ts";
import { fitSize, videoIdOf } from "../services/oembed.ts";
import { newId } from "../domain/id.ts";
import {
  anonymous,
  call,
  newAccount,
  newVideo,
  problemOf,
} from "../../tests/support/worker/api.ts";

const ask = (url: string, more = "") =>
  call(anonymous, "GET", `/oembed?url=${encodeURIComponent(url)}${more}`);
const watch = (id: string) => `${env.PUBLIC_ORIGIN}/watch/${id}`;

test("a public video gets a frame with its aspect ratio within the requested size", async () => {
  const { userId } = await newAccount();
  const id = await newVideo(userId, {
    title: `"><script>alert(1)</script>`,
    width: 1920,
    height: 1080,
  });
  const response = await ask(watch(id), "&maxwidth=640&maxheight=1000");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  const embed = OEmbed.parse(await response.json());
  expect(embed).toMatchObject({
    type: "video",
    width: 640,
    height: 360,
    provider_name: env.PRODUCT_NAME,
  });
  expect(embed.html).toContain(`src="${env.PUBLIC_ORIGIN}/embed/${id}"`);
  expect(embed.html.match(/<\w+/g)).toEqual(["<iframe"]);
  expect(embed.html.match(/"/g)?.length).toBe(12);
});

test("anything but a public video of this site is not found", async () => {
  const { userId } = await newAccount();
  const hidden = await Promise.all([
    newVideo(userId, { visibility: "private" }),
    newVideo(userId, { visibility: "unlisted" }),
    newVideo(userId, { state: "failed" }),
    newVideo(userId, { deletedAt: 1 }),
  ]);
  const shown = await newVideo(userId);
  for (const url of [
    ...hidden.map(watch),
    watch(newId()),
    `https://evil.example/watch/${shown}`,
    `${env.PUBLIC_ORIGIN}/studio/${shown}`,
  ]) {
    expect((await problemOf(await ask(url))).code).toBe("not_found");
  }
  expect((await problemOf(await ask("not a url"))).code).toBe("invalid_request");
  expect((await problemOf(await ask(watch(shown), "&format=xml"))).code).toBe("invalid_request");
});

test("invalid URLs and sizes are refused", () => {
  const id = "0123456789012345678901";
  expect(videoIdOf(`https://a.example/embed/${id}/?t=5`, "https://a.example")).toBe(id);
  expect(videoIdOf(`https://a.example/watch/${id}x`, "https://a.example")).toBeNull();
  expect(fitSize({ width: 1080, height: 1920 }, {})).toEqual({ width: 405, height: 720 });
  expect(fitSize({ width: null, height: null }, { maxwidth: 320 })).toEqual({
    width: 320,
    height: 180,
  });
  expect(fitSize({ width: 4000, height: 2 }, { maxwidth: 1 })).toEqual({ width: 1, height: 1 });
});
