import { planSettings } from "../../../../workers/domain/tasks/plan-settings.ts";
import { averageBandwidth, peakBandwidth } from "../../../../workers/media/playlists/bandwidth.ts";
import { each, may, MAY_ONLY, must, NO_SUCH, type Rule, should, unless } from "./rule.ts";
import { type AppleStream, avcProfile, type ListedPlaylist, type TrackFacts } from "./stream.ts";

const HIGH_PROFILE = 100;

const videos = ({ tracks }: AppleStream) => tracks.filter(({ type }) => type === "video");
const h264 = (stream: AppleStream) => videos(stream).filter(({ codec }) => codec === "h264");
const id = ({ id: name }: TrackFacts) => name;

/** The settings of a new deployment, which apply to every video. */
export const defaults = planSettings({
  AUDIO_UPLOADS: "true",
  NORMALIZE_LOUDNESS: "true",
  PASSTHROUGH: "true",
  MAX_RUNNERS: "2",
  SECOND_CODEC: "av1",
  SLOTS_PER_RUNNER: "1",
});

/** Levels of H.264 with their limits: macroblocks per second and per frame (ITU-T H.264, table A-1). */
const LEVELS: readonly [level: number, perSecond: number, perFrame: number][] = [
  [10, 1485, 99],
  [11, 3000, 396],
  [12, 6000, 396],
  [13, 11_880, 396],
  [20, 11_880, 396],
  [21, 19_800, 792],
  [22, 20_250, 1620],
  [30, 40_500, 1620],
  [31, 108_000, 3600],
  [32, 216_000, 5120],
  [40, 245_760, 8192],
  [42, 522_240, 8704],
  [50, 589_824, 22_080],
  [51, 983_040, 36_864],
  [52, 2_073_600, 36_864],
];

function neededLevel({ publication }: AppleStream, track: TrackFacts): number {
  const rendition = publication.renditions.find(
    (entry) => entry.rendition.id === track.id,
  )!.rendition;
  if (rendition.type !== "video") return 0;
  const blocks = Math.ceil(rendition.width / 16) * Math.ceil(rendition.height / 16);
  const perSecond = (blocks * rendition.frameRate.num) / rendition.frameRate.den;
  return LEVELS.find(([, rate, frame]) => rate >= perSecond && frame >= blocks)![0];
}

/** Bits per second of a variant's files: its video and its largest audio rendition. */
function measured(stream: AppleStream, { uri }: ListedPlaylist): { peak: number; average: number } {
  const target = stream.playlists.get(uri)!.targetSeconds;
  const rates = stream.tracks
    .filter((track) => `${track.id}.m3u8` === uri || track.type === "audio")
    .map((track) => {
      const sizes = track.segments.map(({ duration, bytes }) => ({
        seconds: duration / track.timescale,
        bytes: bytes.length,
      }));
      const rate = { peak: peakBandwidth(sizes, target), average: averageBandwidth(sizes) };
      return { type: track.type, ...rate };
    });
  const sum = (of: "peak" | "average") =>
    (["video", "audio"] as const)
      .map((type) =>
        Math.max(0, ...rates.filter((rate) => rate.type === type).map((rate) => rate[of])),
      )
      .reduce((a, b) => a + b);
  return { peak: sum("peak"), average: sum("average") };
}

const isWithin = (share: number, declared: string | undefined, actual: number) =>
  Math.abs(Number(declared) / actual - 1) <= share;
const attribute = (name: string) => (variant: ListedPlaylist) => variant.attributes[name];
const uriOf = ({ uri }: ListedPlaylist) => uri;

/** Chapter 1. */
export const VIDEO_RULES: Rule[] = [
  must("1.1", "H.264, HEVC, Dolby Vision or AV1 only", (stream) =>
    each(videos(stream), id, ({ codec }) => ["h264", "av1"].includes(codec)),
  ),
  must("1.2", "H.264 is in fMP4 or MPEG-TS", (stream) =>
    each(h264(stream), id, ({ init }) => init.includes("moov") && init.includes("avc1")),
  ),
  should("1.3a", "some H.264 at High, level 4.1 or below", (stream) =>
    unless(
      h264(stream).some((track) => avcProfile(track)[1] <= 41),
      "none",
    ),
  ),
  must("1.3b", "H.264 at High, level 5.2 or below; 5.0 on macOS, 5.1 on tvOS", (stream) =>
    each(
      h264(stream),
      id,
      (track) => avcProfile(track)[0] <= HIGH_PROFILE && avcProfile(track)[1] <= 50,
    ),
  ),
  should("1.4", "High profile rather than Main or Baseline", (stream) =>
    each(h264(stream), id, (track) => avcProfile(track)[0] === HIGH_PROFILE),
  ),
  must("1.5", "HEVC is in fMP4", NO_SUCH.hdr),
  should("1.6a", "some HEVC at level 4.0 or below", NO_SUCH.hdr),
  must("1.6b", "HEVC at level 5.1 or below", NO_SUCH.hdr),
  must("1.7", "HDR is HDR10, HLG or Dolby Vision", NO_SUCH.hdr),
  should("1.8", "HDR10 metadata in hvcC", NO_SUCH.hdr),
  must("1.9", "Dolby Vision is profile 5", NO_SUCH.hdr),
  should("1.10", "parameter sets in the sample description", (stream) =>
    each(h264(stream), id, ({ init }) => init.includes("avc1") && !init.includes("avc3")),
  ),
  should("1.11", "no higher level than size and frame rate need", (stream) =>
    each(h264(stream), id, (track) => avcProfile(track)[1] <= neededLevel(stream, track)),
  ),
  should("1.12", "some video is H.264", (stream) => unless(h264(stream).length > 0, "none")),
  should("1.13", "an IDR picture every two seconds", () =>
    unless(defaults.segmentSeconds <= 2, `every ${defaults.segmentSeconds} s`),
  ),
  must(
    "1.14",
    "interlaced sources are deinterlaced",
    "containers/transcoder/probe/interlacing.test.ts",
  ),
  should("1.15", "30i becomes 60p", "decided: one frame of two fields, docs/decisions/473"),
  should("1.16", "live video from NTSC at 59.94 or 60 fps", NO_SUCH.live),
  should("1.17", "live video from PAL at 50 fps", NO_SUCH.live),
  should("1.18", "a natural frame rate", (stream) =>
    each(stream.variants, uriOf, (variant) =>
      ["23.976", "24.000", "25.000", "29.970", "30.000", "50.000", "59.940", "60.000"].includes(
        variant.attributes["FRAME-RATE"] ?? "",
      ),
    ),
  ),
  must("1.19", "at most 60 fps", (stream) =>
    each(stream.variants, uriOf, (variant) => Number(variant.attributes["FRAME-RATE"]) <= 60),
  ),
  should("1.20", "HDR at 30 fps or below", NO_SUCH.hdr),
  should("1.21", "one colour space", "containers/transcoder/video/colours.test.ts"),
  should("1.22", "the colour space of the material", "containers/transcoder/video/colours.test.ts"),
  should("1.23", "each codec at every bandwidth", (stream) => {
    const sizes = (codec: string) =>
      stream.publication.renditions
        .filter(({ rendition }) => rendition.type === "video" && rendition.codec === codec)
        .map(({ rendition }) => (rendition.type === "video" ? rendition.height : 0))
        .toSorted((a, b) => a - b)
        .join();
    const codecs = [...new Set(videos(stream).map(({ codec }) => codec))];
    return each(
      codecs,
      (codec) => codec,
      (codec) => sizes(codec) === sizes("h264"),
    );
  }),
  must("1.24", "SDR is provided", (stream) =>
    unless(
      stream.variants.some((variant) => attribute("VIDEO-RANGE")(variant) === "SDR"),
      "none",
    ),
  ),
  should(
    "1.25",
    "a ladder of bit rates; the tables are examples",
    "advice: bench:quality judges ours",
  ),
  must("1.26", "the average is within 10% of AVERAGE-BANDWIDTH", (stream) =>
    each(stream.variants, uriOf, (variant) =>
      isWithin(0.1, variant.attributes["AVERAGE-BANDWIDTH"], measured(stream, variant).average),
    ),
  ),
  must("1.27", "the peak is within 10% of BANDWIDTH", (stream) =>
    each(stream.variants, uriOf, (variant) =>
      isWithin(0.1, variant.attributes["BANDWIDTH"], measured(stream, variant).peak),
    ),
  ),
  must("1.28", "live: average below 110% of AVERAGE-BANDWIDTH", NO_SUCH.live),
  must("1.29", "live: peak below 125% of BANDWIDTH", NO_SUCH.live),
  should("1.30", "the peak is at most twice the average", (stream) =>
    each(
      stream.variants,
      uriOf,
      ({ attributes }) =>
        Number(attributes["BANDWIDTH"]) <= 2 * Number(attributes["AVERAGE-BANDWIDTH"]),
    ),
  ),
  may("1.31", "variants may differ in frame rate", MAY_ONLY),
  should(
    "1.32",
    "the first variant is the one of about 2 Mb/s (730 kb/s on cellular networks)",
    (stream) => {
      const distance = (variant: ListedPlaylist | undefined) =>
        Math.abs(Math.log(Number(variant?.attributes["AVERAGE-BANDWIDTH"]) / 2_000_000));
      const compatible = stream.variants.filter((variant) =>
        variant.attributes["CODECS"]?.includes("avc1"),
      );
      const best = Math.min(...compatible.map(distance));
      return unless(distance(stream.variants[0]) === best, stream.variants[0]?.uri ?? "none");
    },
  ),
  should("1.33", "one aspect ratio", (stream) => {
    const ratios = stream.variants.map((variant) => {
      const [width = 0, height = 1] = (variant.attributes["RESOLUTION"] ?? "")
        .split("x")
        .map(Number);
      return width / height;
    });
    // Sizes are even, so a small rendition may be off by a pixel.
    return unless(Math.max(...ratios) - Math.min(...ratios) < 0.02, ratios.join());
  }),
  should(
    "1.34",
    "some UHD at 15 Mb/s or below",
    "containers/transcoder/plan/ladder.test.ts caps 2160p",
  ),
  should("1.35", "HDR10 SEI messages", NO_SUCH.hdr),
  must("1.36", "MV-HEVC for stereo video only", NO_SUCH.stereo),
  must("1.37", "AV1 at level 6.2 or below", (stream) =>
    // seq_level_idx of level 6.2 is 18.
    each(
      stream.variants.filter(({ attributes }) => attributes["CODECS"]?.includes("av01")),
      uriOf,
      ({ attributes }) => Number(/av01\.\d\.(\d\d)/.exec(attributes["CODECS"]!)?.[1]) <= 18,
    ),
  ),
  must("1.38", "AirPlay TVs: encrypted fMP4 has senc, or saiz and saio", NO_SUCH.fairPlay),
  must("1.39", "AV1 is in fMP4 (a later revision)", (stream) =>
    each(
      videos(stream).filter(({ codec }) => codec === "av1"),
      id,
      ({ init }) => init.includes("av01"),
    ),
  ),
];
