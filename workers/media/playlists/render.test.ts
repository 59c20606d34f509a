import HLS from "hls-parser";
import type { MasterPlaylist, MediaPlaylist } from "hls-parser/types";
import { describe, expect, test } from "vitest";
import type { Publication } from "../../contract/publications.ts";
import type { Rendition } from "../../contract/transcodes.ts";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderLive, renderPublication } from "./render.ts";

function renderAll(publication: Publication): Map<string, string> {
  return new Map(renderPublication(publication).map(({ name, body }) => [name, body]));
}
const render = (publication: Publication, name: string): string =>
  renderAll(publication).get(name)!;
const parseMedia = (body: string): MediaPlaylist => HLS.parse(body) as MediaPlaylist;
const parseMultivariant = (body: string): MasterPlaylist => HLS.parse(body) as MasterPlaylist;

/** The example while it is being encoded: the first chunk of every rendition. */
function livePublication(change: Partial<Publication> = {}): Publication {
  const complete = examplePublication();
  const renditions = complete.renditions.map((entry) => ({
    ...entry,
    outputs: entry.outputs.slice(0, 1),
  }));
  return { ...complete, renditions, live: true, ...change };
}

test("a publication has a multivariant playlist, two playlists per video rendition, one per audio and caption track, and a DASH manifest", () => {
  expect([...renderAll(examplePublication()).keys()]).toEqual([
    "multivariant.m3u8",
    "h264-720.m3u8",
    "h264-720.iframes.m3u8",
    "h264-360.m3u8",
    "h264-360.iframes.m3u8",
    "audio-0.m3u8",
    "audio-1.m3u8",
    "subs-en.m3u8",
    "subs-de.m3u8",
    "manifest.mpd",
  ]);
});

describe("the multivariant playlist", () => {
  const body = render(examplePublication(), "multivariant.m3u8");
  const parsed = parseMultivariant(body);

  test("lists the renditions with the attributes that players select by, the one closest to 2 Mb/s first", () => {
    const variants = parsed.variants.filter((variant) => !variant.isIFrameOnly);
    expect(
      variants.map(({ uri, codecs, resolution, frameRate, videoRange }) => ({
        uri,
        codecs,
        resolution,
        frameRate,
        videoRange,
      })),
    ).toEqual([
      {
        uri: "h264-720.m3u8",
        codecs: "avc1.64001f,mp4a.40.2",
        resolution: { width: 1280, height: 720 },
        frameRate: 25,
        videoRange: "SDR",
      },
      {
        uri: "h264-360.m3u8",
        codecs: "avc1.64001e,mp4a.40.2",
        resolution: { width: 640, height: 360 },
        frameRate: 25,
        videoRange: "SDR",
      },
    ]);
  });

  test("has the measured peak and average bandwidth of video and audio together", () => {
    const top = parsed.variants.find((variant) => variant.uri === "h264-720.m3u8")!;
    // The peak is segment 1 (1.2 MB in 4 s) with the larger audio peak (64 kB in 4 s), the average is over all 13 s.
    expect(top.bandwidth).toBe((1_200_000 * 8) / 4 + (64_000 * 8) / 4);
    expect(top.averageBandwidth).toBe(
      Math.ceil((3_300_000 * 8) / 13) + Math.ceil((204_000 * 8) / 13),
    );
  });

  test("has each audio track with its language, one of them the default", () => {
    const audioTracks = parsed.variants[0]!.audio;
    expect(
      audioTracks.map(({ name, language, isDefault, channels, uri }) => ({
        name,
        language,
        isDefault,
        channels,
        uri,
      })),
    ).toEqual([
      { name: "English", language: "en", isDefault: true, channels: "2", uri: "audio-0.m3u8" },
      { name: "Deutsch", language: "de", isDefault: false, channels: "2", uri: "audio-1.m3u8" },
    ]);
  });

  test("marks captions in the language of the audio, and no others, as transcribing the dialogue", () => {
    const captions = parsed.variants[0]!.subtitles;
    expect(captions.map(({ language, characteristics }) => [language, characteristics])).toEqual([
      ["en", "public.accessibility.transcribes-spoken-dialog"],
      ["de", undefined],
    ]);
  });

  test("has an I-frame playlist for each video rendition, with the bandwidth of its I-frames", () => {
    const frames = parsed.variants.filter((variant) => variant.isIFrameOnly);
    expect(frames.map(({ uri, bandwidth }) => [uri, bandwidth])).toEqual([
      ["h264-720.iframes.m3u8", (300_000 * 8) / 4],
      ["h264-360.iframes.m3u8", (75_000 * 8) / 4],
    ]);
  });

  test("keeps names within their attribute and unique within their group", () => {
    const base = examplePublication();
    const captions = ["a", "b"].map((language) => ({
      language,
      kind: "subtitles" as const,
      name: 'x",URI="https://evil\n#EXT',
      path: `captions/${language}.1.vtt`,
    }));
    const hostile = render({ ...base, captions }, "multivariant.m3u8");
    const parsedNames = parseMultivariant(hostile).variants[0]!.subtitles.map(({ name, uri }) => [
      name,
      uri,
    ]);
    expect(parsedNames).toEqual([
      ["x”,URI=”https://evil #EXT", "subs-a.m3u8"],
      ["x”,URI=”https://evil #EXT (2)", "subs-b.m3u8"],
    ]);
  });

  test("has a second codec with the same audio, but no download-only renditions", () => {
    const base = examplePublication({ captions: [] });
    const [top, , audio] = base.renditions;
    const second = { ...top!.rendition, id: "av1-720", codec: "av1" } as Rendition;
    const outputs = top!.outputs.map((output) => ({ ...output, codecs: "av01.0.04M.08" }));
    const opus = { ...audio!.rendition, id: "opus-0", codec: "opus" } as Rendition;
    const vp9 = { ...top!.rendition, id: "vp9-720", codec: "vp9" } as Rendition;
    const webm = { ...vp9, isDownloadOnly: true } as Rendition;
    const both = {
      ...base,
      renditions: [
        ...base.renditions,
        { rendition: second, outputs },
        { rendition: opus, outputs: audio!.outputs },
        { rendition: webm, outputs },
      ],
    };
    expect(renderPublication(both).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["av1-720.m3u8", "av1-720.iframes.m3u8"]),
    );
    expect(renderPublication(both).some(({ name }) => /^(opus|vp9)/.test(name))).toBe(false);
    const variants = parseMultivariant(render(both, "multivariant.m3u8")).variants;
    expect(variants.find(({ uri }) => uri === "av1-720.m3u8")).toMatchObject({
      codecs: "av01.0.04M.08,mp4a.40.2",
    });
    const sets = render(both, "manifest.mpd").match(/<AdaptationSet contentType="video"/g);
    expect(sets).toHaveLength(2);
  });

  test("has no audio group for a video without audio", () => {
    const base = examplePublication({ captions: [] });
    const silent = parseMultivariant(
      render({ ...base, renditions: base.renditions.slice(0, 2) }, "multivariant.m3u8"),
    );
    expect(
      silent.variants
        .filter((variant) => !variant.isIFrameOnly)
        .map(({ codecs, audio }) => [codecs, audio]),
    ).toEqual([
      ["avc1.64001f", []],
      ["avc1.64001e", []],
    ]);
  });
});

describe("a media playlist", () => {
  test("joins the chunks with one init segment", () => {
    const parsed = parseMedia(render(examplePublication(), "h264-720.m3u8"));
    expect(parsed).toMatchObject({
      targetDuration: 4,
      playlistType: "VOD",
      endlist: true,
      version: 7,
    });
    expect(parsed.segments.map(({ uri, duration, map }) => [uri, duration, map?.uri])).toEqual([
      ["../h264-720/0.1/00000.m4s", 4, "../h264-720/0.1/init.mp4"],
      ["../h264-720/0.1/00001.m4s", 4, "../h264-720/0.1/init.mp4"],
      ["../h264-720/1.1/00002.m4s", 4, "../h264-720/0.1/init.mp4"],
      ["../h264-720/1.1/00003.m4s", 1, "../h264-720/0.1/init.mp4"],
    ]);
  });

  test("changes the init segment only at the chunk where it differs", () => {
    const publication = examplePublication();
    publication.renditions[0]!.outputs[1]!.initSha256 = "b".repeat(64);
    const parsed = parseMedia(render(publication, "h264-720.m3u8"));
    expect(parsed.segments.map(({ map }) => map?.uri)).toEqual([
      "../h264-720/0.1/init.mp4",
      "../h264-720/0.1/init.mp4",
      "../h264-720/1.1/init.mp4",
      "../h264-720/1.1/init.mp4",
    ]);
  });

  test("of I-frames has the byte range of each leading I-frame", () => {
    const parsed = parseMedia(render(examplePublication(), "h264-360.iframes.m3u8"));
    expect(parsed.isIFrame).toBe(true);
    expect(parsed.segments.map(({ byterange }) => byterange)).toEqual([
      { offset: 0, length: 50_000 },
      { offset: 0, length: 75_000 },
      { offset: 0, length: 50_000 },
      { offset: 0, length: 25_000 },
    ]);
  });

  test("of captions covers the time of the video in segments of six media segments", () => {
    const publication = examplePublication();
    publication.grid.totalFrames = 1510;
    const parsed = parseMedia(render(publication, "subs-de.m3u8"));
    expect(parsed.targetDuration).toBe(24);
    expect(parsed.segments.map(({ uri, duration }) => [uri, duration])).toEqual([
      ["../captions/de.2/0-24000.vtt", 24],
      ["../captions/de.2/24000-48000.vtt", 24],
      ["../captions/de.2/48000-60400.vtt", 12.4],
    ]);
    expect(parseMedia(render(publication, "subs-en.m3u8")).segments[0]!.uri).toBe(
      "../files/captions.1/en/0-24000.vtt",
    );
  });
});

describe("while the video is only playable", () => {
  test("a playlist is an open EVENT that starts at 0", () => {
    const parsed = parseMedia(renderLive(livePublication(), "h264-360.m3u8")!.body);
    expect(parsed).toMatchObject({
      playlistType: "EVENT",
      endlist: false,
      targetDuration: 4,
      start: { offset: 0 },
    });
    expect(parsed.segments).toHaveLength(2);
  });

  test("a playlist that grows keeps its segments and its target duration", () => {
    const before = renderLive(livePublication(), "h264-360.m3u8")!.body;
    const after = renderLive(examplePublication({ live: true }), "h264-360.m3u8")!.body;
    expect(after.startsWith(before)).toBe(true);
  });

  test("the EVENT playlist of a ready video has an end", () => {
    expect(parseMedia(renderLive(examplePublication(), "h264-360.m3u8")!.body)).toMatchObject({
      playlistType: "EVENT",
      endlist: true,
    });
  });

  test("the multivariant playlist has the renditions with segments, at the encoder's cap as their peak", () => {
    const publication = livePublication();
    publication.renditions[0]!.outputs = [];
    const [only, ...more] = parseMultivariant(
      renderLive(publication, "multivariant.m3u8")!.body,
    ).variants.filter((variant) => !variant.isIFrameOnly);
    expect(only).toMatchObject({ uri: "h264-360.m3u8", bandwidth: 800_000 + 128_000 });
    expect(more).toEqual([]);
  });

  test.each(["h264-1080.m3u8", "../h264-360.m3u8", "manifest.mpd", "__proto__"])(
    "there is no playlist %s",
    (name) => {
      expect(renderLive(livePublication(), name)).toBeNull();
    },
  );

  test("there are no playlists before the first video segment", () => {
    const publication = livePublication();
    const empty = {
      ...publication,
      renditions: publication.renditions.map((entry) => ({ ...entry, outputs: [] })),
    };
    expect(renderLive(empty, "multivariant.m3u8")).toBeNull();
    expect(renderPublication(empty)).toEqual([]);
  });
});
