import { contentType } from "../../../../workers/media/content-type.ts";
import { each, may, MAY_ONLY, must, NO_SUCH, type Rule, should } from "./rule.ts";

const GATE = "workers/media/gate.test.ts";
const TLS = "Cloudflare terminates TLS: the zone's settings, docs/operations.md";
/** The types of the table in 10.4, by extension. */
const TYPES: readonly [string, string][] = [
  ["m3u8", "application/vnd.apple.mpegurl"],
  ["mp4", "video/mp4"],
  ["m4s", "video/iso.segment"],
  ["vtt", "text/vtt; charset=utf-8"],
];

/** Chapters 10 to 16: delivery, privacy, security, content protection, low latency, SharePlay, stereo video. */
export const DELIVERY_RULES: Rule[] = [
  must("10.1", "playlists are compressed with gzip", GATE),
  should("10.2", "failover streams", "decided: one host; Cloudflare's network is the failover"),
  should("10.3", "no local server", "not applicable: about apps"),
  should("10.4", "the MIME types of the table", () =>
    each(
      TYPES,
      ([extension]) => extension,
      ([extension, type]) => contentType(`x.${extension}`) === type,
    ),
  ),
  should("11.1", "multivariant playlists over TLS", TLS),
  should("11.2", "media playlists over TLS", TLS),
  should("11.3", "segments over TLS", TLS),
  should("11.4", "segment URLs reveal no titles", (stream) =>
    each(
      [...stream.playlists.values()].flatMap(({ segments }) => segments.map(({ uri }) => uri)),
      (uri) => uri,
      (uri) =>
        /^\.\.\/(?:[a-z0-9-]+\/\d+\.\d+\/\d+\.m4s|captions\/[\w.-]+\/\d+-\d+\.vtt)$/.test(uri),
    ),
  ),
  must("12.1", "TLS 1.2 with forward secrecy", TLS),
  must("12.2", "no insecure primitives", TLS),
  must("12.3", "key sizes", TLS),
  should("12.4", "URLs of segments change", `${GATE}: each playback has a token in its URLs`),
  should(
    "13.1",
    "content protection by FairPlay",
    "decided: AES-128 with gated keys, docs/encryption.md",
  ),
  must("13.2", "FairPlay: SAMPLE-AES", NO_SUCH.fairPlay),
  must("13.3", "FairPlay: its key format", NO_SUCH.fairPlay),
  should("13.4", "FairPlay: no IV", NO_SUCH.fairPlay),
  should("13.5", "HD: HDCP-LEVEL=TYPE-0", NO_SUCH.fairPlay),
  should("13.6", "above HD: HDCP-LEVEL=TYPE-1", NO_SUCH.fairPlay),
  must("13.7", "Common Encryption: pattern 1:9", NO_SUCH.fairPlay),
  may("13.8", "FairPlay: ALLOWED-CPC", MAY_ONLY),
  must("13.9", "Common Encryption: not content-sensitive", NO_SUCH.fairPlay),
  may("13.10", "encrypted and clear samples may be mixed", MAY_ONLY),
  must("13.11", "no SAMPLE-AES-CTR", ({ encrypted }) =>
    encrypted.media.includes("SAMPLE-AES-CTR") ? ["SAMPLE-AES-CTR"] : [],
  ),
  must("14.1", "the server profile", NO_SUCH.lowLatency),
  must("14.2", "the part target duration", NO_SUCH.lowLatency),
  must("14.3", "PART-HOLD-BACK", NO_SUCH.lowLatency),
  should("14.4", "delta updates", NO_SUCH.lowLatency),
  should("14.5", "CAN-SKIP-DATERANGES", NO_SUCH.lowLatency),
  must("15.1", "SharePlay: the same dates", NO_SUCH.live),
  must("15.2", "SharePlay: the same time from the start of the playlist", (stream) =>
    each(
      stream.tracks,
      ({ id }) => id,
      ({ segments }) => segments[0]!.start === 0,
    ),
  ),
  should("15.3", "SharePlay: interstitials of equal length", NO_SUCH.ads),
  must("16.1", "REQ-VIDEO-LAYOUT", NO_SUCH.stereo),
  must("16.2", "vexu boxes", NO_SUCH.stereo),
  should("16.3", "parallax metadata", NO_SUCH.stereo),
  must("16.4", "switches to monoscopic video", NO_SUCH.stereo),
  must("16.5", "CH-MONO", NO_SUCH.stereo),
  should("16.6", "multichannel audio", NO_SUCH.stereo),
  must("16.7", "MV-HEVC", NO_SUCH.stereo),
];
