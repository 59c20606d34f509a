import { defaults } from "./video-rules.ts";
import { each, may, MAY_ONLY, must, NO_SUCH, type Rule, should, unless } from "./rule.ts";
import type { AppleStream, ListedPlaylist } from "./stream.ts";

const audio = ({ tracks }: AppleStream) => tracks.filter(({ type }) => type === "audio");
const ofType = ({ media }: AppleStream, type: string) =>
  media.filter(({ attributes }) => attributes["TYPE"] === type);
const uriOf = ({ uri }: ListedPlaylist) => uri;

const TRANSCRIBES =
  "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound";
const isForTheDeaf = ({ attributes }: ListedPlaylist) =>
  /\b(SDH|CC)\b/.test(attributes["NAME"] ?? "") || attributes["CHARACTERISTICS"]?.includes("music");

/** Chapters 2 to 5: audio, inserted media, accessibility, subtitles. */
export const AUDIO_RULES: Rule[] = [
  should("2.1", "audio is a stream of its own, elementary or in fMP4", (stream) =>
    each(
      audio(stream),
      ({ id }) => id,
      ({ init }) => init.includes("soun") && !init.includes("vide"),
    ),
  ),
  must("2.2", "a format of the list", (stream) =>
    each(
      audio(stream),
      ({ id }) => id,
      ({ codec }) => codec === "aac",
    ),
  ),
  must("2.3", "stereo in AAC is provided", (stream) =>
    unless(
      ofType(stream, "AUDIO").some(({ attributes }) => attributes["CHANNELS"] === "2") &&
        stream.variants.every(({ attributes }) => attributes["CODECS"]?.includes("mp4a.40.2")),
      "none",
    ),
  ),
  should("2.4", "no HE-AAC above 64 kb/s", (stream) =>
    each(
      stream.variants,
      uriOf,
      ({ attributes }) => !/mp4a\.40\.(5|29)/.test(attributes["CODECS"] ?? ""),
    ),
  ),
  must("2.5", "multichannel formats", NO_SUCH.audio),
  must("2.6", "Dolby Digital beside Dolby Digital Plus", NO_SUCH.audio),
  may("2.7", "stereo at several bit rates", MAY_ONLY),
  may("2.8", "multichannel at several bit rates", NO_SUCH.audio),
  should("2.9", "stereo AAC between 32 and 160 kb/s", (stream) =>
    each(
      stream.publication.renditions.filter(({ rendition }) => rendition.type === "audio"),
      ({ rendition }) => rendition.id,
      ({ rendition }) =>
        rendition.type === "audio" && rendition.bitrate >= 32_000 && rendition.bitrate <= 160_000,
    ),
  ),
  may("2.10", "the channel layout may change", MAY_ONLY),
  must(
    "2.11",
    "such a change has EXT-X-DISCONTINUITY",
    "containers/transcoder/audio/changing-format.test.ts: it never changes",
  ),
  must("2.12", "audio descriptions are marked", NO_SUCH.description),
  must("2.13", "and have AUTOSELECT=YES", NO_SUCH.description),
  should("2.14", "and say so in their names", NO_SUCH.description),
  must("2.15", "alternative audio lasts for the entire video", (stream) => {
    const lengths = audio(stream).map(({ id }) => stream.playlists.get(`${id}.m3u8`)!.seconds);
    return unless(Math.max(...lengths) - Math.min(...lengths) < 0.05, lengths.join());
  }),
  may("2.16", "it may reuse the segments of other audio", MAY_ONLY),
  must("2.17", "one audio stream per segment", (stream) =>
    each(
      audio(stream),
      ({ id }) => id,
      ({ init }) => init.toString("latin1").split("trak").length === 2,
    ),
  ),
  should("2.18", "loudness is managed", () => unless(defaults.loudness, "not by default")),
  should("2.19", "a loudness box in fMP4", (stream) =>
    each(
      audio(stream),
      ({ id }) => id,
      ({ init }) => init.includes("ludt"),
    ),
  ),
  should("2.20", "dialnorm in Dolby Digital", NO_SUCH.audio),
  should(
    "2.21",
    "without that box, prog_ref_level or loudnessInfo in AAC",
    "a script would have to decode AAC extension payloads; ffmpeg's encoder writes neither, docs/decisions/473",
  ),
  must("2.22", "loudness metadata in xHE-AAC", NO_SUCH.audio),
  must("2.23", "a loudness value is true", "not applicable: no value is declared"),
  must("2.24", "explicit SBR signalling in HE-AAC", NO_SUCH.audio),
  must("2.25", "xHE-AAC, ALAC and FLAC are in fMP4", NO_SUCH.audio),
  should("2.26", "multichannel AAC beside other multichannel audio", NO_SUCH.audio),
  must("2.27", "audio descriptions have LANGUAGE", NO_SUCH.description),
  may("2.28", "audio with clearer speech may be marked", MAY_ONLY),
  may("3.1", "ads may be inserted", NO_SUCH.ads),
  should("3.2", "with the same codecs", NO_SUCH.ads),
  should("3.3", "with the same aspect ratio", NO_SUCH.ads),
  should("3.4", "within the bandwidth of the variant", NO_SUCH.ads),
  should("3.5", "AirPlay TVs: at a similar frame rate", NO_SUCH.ads),
  should("4.1", "captions are provided", "the creator's choice"),
  must("4.2", "in a format of the list", (stream) =>
    unless(stream.captionSegment.startsWith("WEBVTT\n"), "no WebVTT"),
  ),
  must(
    "4.3",
    "closed captions are inside video segments",
    "not applicable: captions are subtitle tracks",
  ),
  must("4.4", "closed captions are declared", (stream) =>
    each(stream.variants, uriOf, ({ attributes }) => attributes["CLOSED-CAPTIONS"] === "NONE"),
  ),
  must("4.5", "subtitles for the deaf have both characteristics", (stream) =>
    each(
      ofType(stream, "SUBTITLES").filter(isForTheDeaf),
      uriOf,
      ({ attributes }) => attributes["CHARACTERISTICS"] === TRANSCRIBES,
    ),
  ),
  must("4.6", "and AUTOSELECT=YES", (stream) =>
    each(
      ofType(stream, "SUBTITLES").filter(isForTheDeaf),
      uriOf,
      ({ attributes }) => attributes["AUTOSELECT"] === "YES",
    ),
  ),
  must("4.7", "subtitles have LANGUAGE", (stream) =>
    each(ofType(stream, "SUBTITLES"), uriOf, ({ attributes }) => Boolean(attributes["LANGUAGE"])),
  ),
  may("5.1", "subtitles may be provided", MAY_ONLY),
  must("5.2", "as WebVTT or IMSC1", (stream) =>
    unless(stream.captionSegment.startsWith("WEBVTT\n"), "no WebVTT"),
  ),
  must("5.3", "WebVTT has X-TIMESTAMP-MAP", (stream) =>
    unless(
      stream.captionSegment.split("\n")[1] === "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000",
      "none",
    ),
  ),
  must("5.4", "IMSC1 is in fMP4", "not applicable: no IMSC1"),
  must("5.5", "the subtitle playlist covers the entire video", (stream) => {
    const { grid } = stream.publication;
    const seconds = (grid.totalFrames * grid.frameRate.den) / grid.frameRate.num;
    return each(
      [...stream.playlists.values()].filter(({ name }) => name.startsWith("subs-")),
      ({ name }) => name,
      (playlist) => Math.abs(playlist.seconds - seconds) < 0.01,
    );
  }),
  must("5.6", "live: the target duration of other media", NO_SUCH.live),
  may("5.7", "VOD: longer target durations", MAY_ONLY),
  must(
    "5.8",
    "regular subtitles contain the forced ones",
    "not applicable: forced tracks are not published as such",
  ),
  should("5.9", "forced subtitles rather than text in the picture", "the creator's choice"),
  should("5.10", "CODECS names the kind of subtitles", (stream) =>
    each(stream.variants, uriOf, ({ attributes }) => /wvtt|stpp/.test(attributes["CODECS"] ?? "")),
  ),
  should("5.11", "forced subtitles have AUTOSELECT=YES", (stream) =>
    each(
      ofType(stream, "SUBTITLES"),
      uriOf,
      ({ attributes }) => attributes["AUTOSELECT"] === "YES",
    ),
  ),
];
