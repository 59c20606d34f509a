import { each, may, MAY_ONLY, must, NO_SUCH, type Rule, should, unless } from "./rule.ts";
import {
  type AppleStream,
  firstNalTypes,
  type ListedPlaylist,
  type PlaylistFacts,
} from "./stream.ts";
import { defaults } from "./video-rules.ts";

const IDR = 5;
const uriOf = ({ uri }: ListedPlaylist) => uri;
const nameOf = ({ name }: PlaylistFacts) => name;
const iframePlaylists = ({ playlists }: AppleStream) =>
  [...playlists.values()].filter(({ name }) => name.includes(".iframes."));
/** For audio and video playlists. */
const mediaPlaylists = ({ playlists }: AppleStream) =>
  [...playlists.values()].filter(
    ({ name }) => !name.startsWith("subs-") && !name.includes(".iframes."),
  );
const frameSeconds = ({ publication: { grid } }: AppleStream) =>
  grid.frameRate.den / grid.frameRate.num;
/** An audio segment ends on an audio frame. */
const AUDIO_FRAME_SECONDS = 1024 / 48_000;
/** The start of each segment, and the end: sums of the durations before. */
const borders = ({ segments }: PlaylistFacts) =>
  segments.reduce((sums, { seconds }) => [...sums, sums.at(-1)! + seconds], [0]);

function everyTag(tags: readonly ListedPlaylist[], ...names: string[]): string[] {
  return names.flatMap((name) =>
    each(
      tags,
      (tag) => `${tag.uri} has no ${name}`,
      ({ attributes }) => Boolean(attributes[name]),
    ),
  );
}

const DISCONTINUITY = "not applicable: no discontinuities, each rendition is one encode";

/** Chapters 6 to 9: trick play, segments, media playlists, multivariant playlist. */
export const PLAYLIST_RULES: Rule[] = [
  must("6.1", "I-frame playlists are provided", (stream) =>
    unless(stream.iframeVariants.length > 0, "none"),
  ),
  must("6.1 (encrypted)", "also for an encrypted video", ({ encrypted }) =>
    unless(encrypted.multivariant.includes("EXT-X-I-FRAME-STREAM-INF"), "none"),
  ),
  should("6.2", "dense ones with a frame per second", (stream) =>
    each(iframePlaylists(stream), nameOf, ({ segments }) =>
      segments.every(({ seconds }) => seconds <= 1),
    ),
  ),
  may("6.3", "or the I-frames of the normal content", MAY_ONLY),
  should(
    "6.4",
    "the lowest of several bit rates of one size",
    "not applicable: one bit rate per size and codec",
  ),
  should("6.5", "bit rate: that of the size, times frames per second, divided by eight", (stream) =>
    each(stream.iframeVariants, uriOf, ({ uri, attributes }) => {
      const id = uri.replace(".iframes", "");
      const normal = Number(
        stream.variants.find((one) => one.uri === id)!.attributes["AVERAGE-BANDWIDTH"],
      );
      const { segments, seconds } = stream.playlists.get(uri)!;
      return Number(attributes["AVERAGE-BANDWIDTH"]) <= (normal * (segments.length / seconds)) / 8;
    }),
  ),
  should("6.6", "several bit rates", (stream) => unless(stream.iframeVariants.length > 1, "one")),
  should("6.7", "the tables are examples", "advice: ours are the I-frames of the ladder"),
  must("6.8", "EXT-X-I-FRAMES-ONLY", (stream) =>
    each(iframePlaylists(stream), nameOf, ({ body }) => body.includes("#EXT-X-I-FRAMES-ONLY\n")),
  ),
  must("6.9", "the peak bit rate as HLS defines it", "workers/media/playlists/properties.test.ts"),
  must("6.10", "I-frame segments include their moof", (stream) =>
    stream.tracks
      .filter(({ type }) => type === "video")
      .flatMap((track) => {
        const { segments } = stream.playlists.get(`${track.id}.iframes.m3u8`)!;
        return segments.flatMap(({ range }, index) => {
          const [length = 0, offset = 0] = range ?? [];
          const bytes = track.segments[index]!.bytes.subarray(offset, offset + length);
          const isRight = bytes.toString("latin1", 4, 8) === "moof" && bytes.includes("mdat");
          return unless(isRight, `${track.id} ${index}`);
        });
      }),
  ),
  must("6.11", "live: the target duration of other media", NO_SUCH.live),
  may("6.12", "VOD: other target durations", MAY_ONLY),
  may("6.13", "another codec; AirPlay TVs: one with each codec", MAY_ONLY),
  should("6.14", "some in H.264", (stream) =>
    unless(
      stream.iframeVariants.some(({ attributes }) => attributes["CODECS"]?.startsWith("avc1")),
      "none",
    ),
  ),
  should("6.15", "HDR at all sizes", NO_SUCH.hdr),
  must("6.16", "SDR is provided", (stream) =>
    unless(
      stream.iframeVariants.every(({ attributes }) => attributes["VIDEO-RANGE"] === "SDR"),
      "none",
    ),
  ),
  may("6.17", "mjpg", MAY_ONLY),
  should("6.18", "monoscopic", NO_SUCH.stereo),
  may("6.19", "thumbnails of 160 pixels for visionOS", MAY_ONLY),

  must("7.1", "media is continuous", (stream) =>
    stream.tracks.flatMap(({ id, segments }) =>
      segments
        .slice(1)
        .flatMap(({ start }, index) =>
          unless(
            start === segments[index]!.start + segments[index]!.duration,
            `${id} ${index + 1}`,
          ),
        ),
    ),
  ),
  must("7.2", "MPEG-TS counters are sequential", "not applicable: fMP4 only"),
  must("7.3", "decode times follow from the segment before", (stream) =>
    stream.tracks.flatMap(({ id, segments }) =>
      unless(segments[0]!.start === 0, `${id} begins late`),
    ),
  ),
  must("7.4", "a video segment starts with an IDR picture", (stream) =>
    stream.tracks
      .filter(({ codec }) => codec === "h264")
      .flatMap(({ id, segments }) =>
        segments.flatMap((segment, index) =>
          unless(firstNalTypes(segment).includes(IDR), `${id} ${index}`),
        ),
      ),
  ),
  should("7.5", "the target duration is 6 s", () =>
    unless(defaults.segmentSeconds === 6, `${defaults.segmentSeconds} s`),
  ),
  should("7.6", "segments of about 6 s", () =>
    unless(defaults.segmentSeconds === 6, `${defaults.segmentSeconds} s`),
  ),
  must("7.7", "no segment is more than 0.5 s longer than the target", (stream) =>
    [...stream.playlists.values()].flatMap(({ name, segments, targetSeconds }) =>
      unless(
        segments.every(({ seconds }) => seconds <= targetSeconds + 0.5),
        name,
      ),
    ),
  ),
  should("7.8", "xHE-AAC segments start with an immediate playout frame", NO_SUCH.audio),

  must("8.1", "sums of EXTINF are within a frame of the content", (stream) =>
    stream.tracks.flatMap(({ id, segments, timescale }) =>
      borders(stream.playlists.get(`${id}.m3u8`)!).flatMap((sum, index) => {
        const actual = segments[index]?.start ?? segments.at(-1)!.start + segments.at(-1)!.duration;
        return unless(Math.abs(sum - actual / timescale) < frameSeconds(stream), `${id} ${index}`);
      }),
    ),
  ),
  must("8.2", "one target duration for audio and video", (stream) => {
    const targets = new Set(mediaPlaylists(stream).map(({ targetSeconds }) => targetSeconds));
    return unless(targets.size === 1, [...targets].join());
  }),
  must("8.3", "audio and video have the same duration", (stream) => {
    const lengths = mediaPlaylists(stream).map(({ seconds }) => seconds);
    return unless(
      Math.max(...lengths) - Math.min(...lengths) <= AUDIO_FRAME_SECONDS,
      lengths.join(),
    );
  }),
  must("8.4", "live: EXT-X-PROGRAM-DATE-TIME", NO_SUCH.live),
  should("8.5", "aligned with the airtime", NO_SUCH.live),
  must("8.6", "EXT-X-PLAYLIST-TYPE:VOD", (stream) =>
    each([...stream.playlists.values()], nameOf, ({ body }) =>
      body.includes("#EXT-X-PLAYLIST-TYPE:VOD\n"),
    ),
  ),
  must("8.7", "all VOD playlists cover the same time", (stream) => {
    const lengths = [...stream.playlists.values()].map(({ seconds }) => seconds);
    return unless(
      Math.max(...lengths) - Math.min(...lengths) <= AUDIO_FRAME_SECONDS,
      lengths.join(),
    );
  }),
  must("8.8", "EXT-X-PLAYLIST-TYPE:EVENT while a playlist grows", ({ event }) =>
    unless(
      event.body.includes("#EXT-X-PLAYLIST-TYPE:EVENT\n") && !event.body.includes("ENDLIST"),
      "none",
    ),
  ),
  must("8.9", "separate audio is declared by EXT-X-MEDIA", (stream) =>
    each(stream.variants, uriOf, ({ attributes }) =>
      stream.media.some((media) => media.attributes["GROUP-ID"] === attributes["AUDIO"]),
    ),
  ),
  must("8.10", "EXT-X-MEDIA has LANGUAGE", (stream) => everyTag(stream.media, "LANGUAGE")),
  must("8.11", "live: six segments", NO_SUCH.live),
  should("8.12", "live: 15 minutes", NO_SUCH.live),
  must("8.13", "breaks have EXT-X-DISCONTINUITY", DISCONTINUITY),
  must("8.14", "so have changes of the frame rate", DISCONTINUITY),
  must("8.15", "at the same times in all playlists", DISCONTINUITY),
  should("8.16", "no other codec after one", DISCONTINUITY),
  must("8.17", "live: EXT-X-DISCONTINUITY-SEQUENCE", NO_SUCH.live),
  must(
    "8.18",
    "no redirects for media",
    "workers/media/gate.test.ts: only the address without a version redirects",
  ),
  should("8.19", "EXT-X-DATERANGE for programs", NO_SUCH.ads),
  must("8.20", "EXT-X-MAP", (stream) =>
    each(
      [...mediaPlaylists(stream), ...iframePlaylists(stream)],
      nameOf,
      ({ body }) =>
        body.indexOf("#EXT-X-MAP:") > 0 && body.indexOf("#EXT-X-MAP:") < body.indexOf("#EXTINF"),
    ),
  ),
  should("8.21", "metadata in the playlist", ({ variants, playlists }) =>
    each(variants, uriOf, ({ uri }) => playlists.get(uri)!.body.includes("#EXT-X-DATERANGE:")),
  ),
  should("8.22", "segments of all renditions end at the same times", (stream) => {
    const [first, ...others] = mediaPlaylists(stream);
    return each(others, nameOf, (playlist) =>
      borders(playlist).every(
        (time, index) => Math.abs(time - (borders(first!)[index] ?? -1)) <= AUDIO_FRAME_SECONDS,
      ),
    );
  }),
  should("8.23", "xHE-AAC: EXT-X-INDEPENDENT-SEGMENTS", NO_SUCH.audio),
  should("8.24", "live: old updates are invalid", NO_SUCH.live),
  should("8.25", "AirPlay TVs: similar frame rates at discontinuities", DISCONTINUITY),

  must("9.1", "variants have CODECS", (stream) => everyTag(stream.variants, "CODECS")),
  must("9.2", "variants have RESOLUTION", (stream) => everyTag(stream.variants, "RESOLUTION")),
  must("9.3", "I-frame variants have CODECS", (stream) =>
    everyTag(stream.iframeVariants, "CODECS"),
  ),
  must("9.4", "I-frame variants have RESOLUTION", (stream) =>
    everyTag(stream.iframeVariants, "RESOLUTION"),
  ),
  should("9.5", "video and audio are separate streams", (stream) =>
    everyTag(stream.variants, "AUDIO"),
  ),
  must("9.6", "multichannel audio is separate", NO_SUCH.audio),
  must("9.7", "alternative audio is separate", (stream) =>
    each(
      stream.media,
      ({ attributes }) => attributes["NAME"] ?? "",
      ({ attributes }) => Boolean(attributes["URI"]),
    ),
  ),
  must("9.8", "video angles have separate audio", "not applicable: one angle"),
  must("9.9", "several bit rates", (stream) => unless(stream.variants.length > 1, "one")),
  should("9.10", "HD: two variants of the highest size", (stream) => {
    const sizes = stream.variants
      .filter(({ attributes }) => attributes["CODECS"]?.includes("avc1"))
      .map(({ attributes }) => attributes["RESOLUTION"]!);
    return unless(new Set(sizes).size < sizes.length, "one of each size");
  }),
  should("9.11", "EXT-X-INDEPENDENT-SEGMENTS in the multivariant playlist", (stream) =>
    unless(stream.multivariant.includes("#EXT-X-INDEPENDENT-SEGMENTS\n"), "none"),
  ),
  must("9.12", "or in all media playlists", (stream) =>
    each(mediaPlaylists(stream), nameOf, ({ body }) =>
      body.includes("#EXT-X-INDEPENDENT-SEGMENTS\n"),
    ),
  ),
  must("9.13", "BANDWIDTH is the largest sum of peaks", "1.27 measures it"),
  must("9.14", "AVERAGE-BANDWIDTH", (stream) => everyTag(stream.variants, "AVERAGE-BANDWIDTH")),
  must("9.15", "FRAME-RATE", (stream) => everyTag(stream.variants, "FRAME-RATE")),
  must("9.16", "VIDEO-RANGE unless all is SDR", (stream) =>
    everyTag(stream.variants, "VIDEO-RANGE"),
  ),
  should(
    "9.17",
    "the most general of one language first",
    "workers/media/playlists/render.test.ts: one track per language",
  ),
  should("9.18", "content steering has PATHWAY-ID", "not applicable: no content steering"),
  must("9.19", "SCORE on every variant or none", (stream) =>
    everyTag([...stream.variants, ...stream.iframeVariants], "SCORE"),
  ),
  must("9.20", "tvOS: no audio-only variants", (stream) => everyTag(stream.variants, "RESOLUTION")),
  must("9.21", "iOS on cellular networks: a variant of at most 192 kb/s", (stream) => {
    // The limit of the encoders: a quiet video stays below it.
    const rates = (type: "video" | "audio") =>
      stream.publication.renditions.flatMap(({ rendition }) => {
        if (rendition.type !== type) return [];
        return rendition.type === "video" ? rendition.maxrate : rendition.bitrate;
      });
    const lowest = Math.min(...rates("video")) + Math.max(...rates("audio"));
    return unless(lowest <= 192_000, `the lowest may have ${lowest}`);
  }),
  should(
    "9.22",
    "iOS: that one in MPEG-TS",
    "decided: fMP4 only, which iOS reads since version 10",
  ),
  should("9.23", "AirPlay TVs: each codec and frame rate at every size", "1.23 checks it"),
  should("9.24", "AirPlay TVs: Dolby Vision and HDR10", NO_SUCH.hdr),
];
