import HLS from "hls-parser";
import type { MasterPlaylist, MediaPlaylist } from "hls-parser/types";
import { describe, expect, test } from "vitest";
import type { Publication } from "../../contract/publication.ts";
import type { Rendition } from "../../contract/transcode.ts";
import { examplePublication } from "../../../tests/support/worker/publication.ts";
import { renderLive, renderPublication } from "./render.ts";

const lists = (publication: Publication): Map<string, string> =>
  new Map(renderPublication(publication).map(({ name, body }) => [name, body]));
const list = (publication: Publication, name: string): string => lists(publication).get(name)!;
const media = (body: string): MediaPlaylist => HLS.parse(body) as MediaPlaylist;
const master = (body: string): MasterPlaylist => HLS.parse(body) as MasterPlaylist;
const prefix = (change: Partial<Publication> = {}): Publication => {
  const whole = examplePublication();
  const renditions = whole.renditions.map((entry) => ({
    ...entry,
    outputs: entry.outputs.slice(0, 1),
  }));
  return { ...whole, renditions, live: true, ...change };
};

test("a publication has a master, two lists a rung, one a sound and caption track, and a manifest", () => {
  expect([...lists(examplePublication()).keys()]).toEqual([
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

describe("the master playlist", () => {
  const body = list(examplePublication(), "multivariant.m3u8");
  const parsed = master(body);

  test("lists the rungs from the lowest up, with what a player chooses by", () => {
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
        uri: "h264-360.m3u8",
        codecs: "avc1.64001e,mp4a.40.2",
        resolution: { width: 640, height: 360 },
        frameRate: 25,
        videoRange: "SDR",
      },
      {
        uri: "h264-720.m3u8",
        codecs: "avc1.64001f,mp4a.40.2",
        resolution: { width: 1280, height: 720 },
        frameRate: 25,
        videoRange: "SDR",
      },
    ]);
  });

  test("declares the measured peak and average of picture and sound together", () => {
    const top = parsed.variants.find((variant) => variant.uri === "h264-720.m3u8")!;
    // The peak is segment 1 (1.2 MB in 4 s) with the louder sound's peak (64 kB in 4 s); the average all over 13 s.
    expect(top.bandwidth).toBe((1_200_000 * 8) / 4 + (64_000 * 8) / 4);
    expect(top.averageBandwidth).toBe(
      Math.ceil((3_300_000 * 8) / 13) + Math.ceil((204_000 * 8) / 13),
    );
  });

  test("offers each sound track with its language, one of them the default", () => {
    const sounds = parsed.variants[0]!.audio;
    expect(
      sounds.map(({ name, language, isDefault, channels, uri }) => ({
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

  test("says of captions in the spoken language, and of no others, that they transcribe the dialogue", () => {
    const captions = parsed.variants[0]!.subtitles;
    expect(captions.map(({ language, characteristics }) => [language, characteristics])).toEqual([
      ["en", "public.accessibility.transcribes-spoken-dialog"],
      ["de", undefined],
    ]);
  });

  test("has an I-frame stream for each rung, with the rate of its I-frames alone", () => {
    const frames = parsed.variants.filter((variant) => variant.isIFrameOnly);
    expect(frames.map(({ uri, bandwidth }) => [uri, bandwidth])).toEqual([
      ["h264-720.iframes.m3u8", (300_000 * 8) / 4],
      ["h264-360.iframes.m3u8", (75_000 * 8) / 4],
    ]);
  });

  test("sound of other layouts is offered beside the rest, with every rung", () => {
    const base = examplePublication();
    const [english, german] = base.renditions.slice(2);
    const rendition = { ...german!.rendition, channels: 1 } as Rendition;
    const renditions = [...base.renditions.slice(0, 2), english!, { ...german!, rendition }];
    const { variants } = master(list({ ...base, renditions }, "multivariant.m3u8"));
    const rungs = variants.filter((variant) => !variant.isIFrameOnly);
    expect(
      rungs.map(({ uri, audio }) => [
        uri,
        audio.map(({ language, channels }) => `${language}${channels}`),
      ]),
    ).toEqual([
      ["h264-360.m3u8", ["en2", "de1"]],
      ["h264-720.m3u8", ["en2", "de1"]],
    ]);
    expect(rungs[0]!.audio.map(({ isDefault }) => isDefault)).toEqual([true, false]);
  });

  test("a name cannot break out of its attribute, and names in a group are unique", () => {
    const base = examplePublication();
    const captions = ["a", "b"].map((language) => ({
      language,
      name: 'x",URI="https://evil\n#EXT',
      path: `captions/${language}.1.vtt`,
    }));
    const hostile = list({ ...base, captions }, "multivariant.m3u8");
    const parsedNames = master(hostile).variants[0]!.subtitles.map(({ name, uri }) => [name, uri]);
    expect(parsedNames).toEqual([
      ["x”,URI=”https://evil #EXT", "subs-a.m3u8"],
      ["x”,URI=”https://evil #EXT (2)", "subs-b.m3u8"],
    ]);
  });

  test("a second codec is listed beside the first, with the same sound; what is for downloads is not", () => {
    const base = examplePublication({ captions: [] });
    const [top, , sound] = base.renditions;
    const second = { ...top!.rendition, id: "av1-720", codec: "av1" } as Rendition;
    const outputs = top!.outputs.map((output) => ({ ...output, codecs: "av01.0.04M.08" }));
    const opus = { ...sound!.rendition, id: "opus-0", codec: "opus" } as Rendition;
    const webm = {
      ...top!.rendition,
      id: "vp9-720",
      codec: "vp9",
      isDownloadOnly: true,
    } as Rendition;
    const both = {
      ...base,
      renditions: [
        ...base.renditions,
        { rendition: second, outputs },
        { rendition: opus, outputs: sound!.outputs },
        { rendition: webm, outputs },
      ],
    };
    expect(renderPublication(both).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["av1-720.m3u8", "av1-720.iframes.m3u8"]),
    );
    expect(renderPublication(both).some(({ name }) => /^(opus|vp9)/.test(name))).toBe(false);
    const variants = master(list(both, "multivariant.m3u8")).variants;
    expect(variants.find(({ uri }) => uri === "av1-720.m3u8")).toMatchObject({
      codecs: "av01.0.04M.08,mp4a.40.2",
    });
    const sets = list(both, "manifest.mpd").match(/<AdaptationSet contentType="video"/g);
    expect(sets).toHaveLength(2);
  });

  test("a silent film has rungs without a sound group", () => {
    const base = examplePublication({ captions: [] });
    const silent = master(
      list({ ...base, renditions: base.renditions.slice(0, 2) }, "multivariant.m3u8"),
    );
    expect(
      silent.variants
        .filter((variant) => !variant.isIFrameOnly)
        .map(({ codecs, audio }) => [codecs, audio]),
    ).toEqual([
      ["avc1.64001e", []],
      ["avc1.64001f", []],
    ]);
  });
});

describe("a media playlist", () => {
  test("joins the chunks under one init segment", () => {
    const parsed = media(list(examplePublication(), "h264-720.m3u8"));
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

  test("takes another init segment only from the chunk on where it differs", () => {
    const publication = examplePublication();
    publication.renditions[0]!.outputs[1]!.initSha256 = "b".repeat(64);
    const parsed = media(list(publication, "h264-720.m3u8"));
    expect(parsed.segments.map(({ map }) => map?.uri)).toEqual([
      "../h264-720/0.1/init.mp4",
      "../h264-720/0.1/init.mp4",
      "../h264-720/1.1/init.mp4",
      "../h264-720/1.1/init.mp4",
    ]);
  });

  test("an I-frame playlist points at the bytes of each leading frame", () => {
    const parsed = media(list(examplePublication(), "h264-360.iframes.m3u8"));
    expect(parsed.isIFrame).toBe(true);
    expect(parsed.segments.map(({ byterange }) => byterange)).toEqual([
      { offset: 0, length: 50_000 },
      { offset: 0, length: 75_000 },
      { offset: 0, length: 50_000 },
      { offset: 0, length: 25_000 },
    ]);
  });

  test("captions are one WebVTT file over the whole film", () => {
    const parsed = media(list(examplePublication(), "subs-de.m3u8"));
    expect(parsed.targetDuration).toBe(13);
    expect(parsed.segments.map(({ uri, duration }) => [uri, duration])).toEqual([
      ["../captions/de.2.vtt", 13],
    ]);
  });
});

describe("while the video is only playable", () => {
  test("a list is an open EVENT that starts at its beginning", () => {
    const parsed = media(renderLive(prefix(), "h264-360.m3u8")!.body);
    expect(parsed).toMatchObject({
      playlistType: "EVENT",
      endlist: false,
      targetDuration: 4,
      start: { offset: 0 },
    });
    expect(parsed.segments).toHaveLength(2);
  });

  test("growing keeps what was listed and the target duration", () => {
    const before = renderLive(prefix(), "h264-360.m3u8")!.body;
    const after = renderLive(examplePublication({ live: true }), "h264-360.m3u8")!.body;
    expect(after.startsWith(before)).toBe(true);
  });

  test("an EVENT list of a finished film ends", () => {
    expect(media(renderLive(examplePublication(), "h264-360.m3u8")!.body)).toMatchObject({
      playlistType: "EVENT",
      endlist: true,
    });
  });

  test("the master lists the rungs that have begun, at their encoder's cap until they are measured", () => {
    const publication = prefix();
    publication.renditions[0]!.outputs = [];
    const [only, ...more] = master(
      renderLive(publication, "multivariant.m3u8")!.body,
    ).variants.filter((variant) => !variant.isIFrameOnly);
    expect(only).toMatchObject({ uri: "h264-360.m3u8", bandwidth: 800_000 + 128_000 });
    expect(more).toEqual([]);
  });

  test.each(["h264-1080.m3u8", "../h264-360.m3u8", "manifest.mpd", "__proto__"])(
    "there is no list %s",
    (name) => {
      expect(renderLive(prefix(), name)).toBeNull();
    },
  );

  test("there is nothing before the first picture", () => {
    const publication = prefix();
    const silent = {
      ...publication,
      renditions: publication.renditions.map((entry) => ({ ...entry, outputs: [] })),
    };
    expect(renderLive(silent, "multivariant.m3u8")).toBeNull();
    expect(renderPublication(silent)).toEqual([]);
  });
});
