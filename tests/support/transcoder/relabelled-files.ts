import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "./bench.ts";
import type { SmallFile } from "./small-files.ts";

/** The codecs, by container, that ffmpeg does not encode, with the tags by which it recognises them. */
const TAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  avi: {
    ...{ cavs: "CAVS", cllc: "CLLC", cscd: "CSCD", dxtory: "xtor", fraps: "FPS1", h263i: "I263" },
    ...{ hq_hqa: "CUVC", hqx: "CHQX", indeo2: "RT21", indeo3: "IV31", indeo4: "IV41" },
    ...{ indeo5: "IV50", lagarith: "LAGS", msmpeg4v1: "MPG4", msrle: "mrle", mss1: "MSS1" },
    ...{ mss2: "MSS2", mszh: "MSZH", qpeg: "QPEG", tscc: "tscc", tscc2: "TSC2", vc1: "WVC1" },
    ...{ vp3: "VP31", vp5: "VP50", vp6: "VP62", vp6a: "VP6A", vp6f: "VP6F", vp7: "VP70" },
    ...{ wmv3: "WMV3", sheervideo: "Shr0" },
  },
  mov: {
    ...{ "8bps": "8BPS", aic: "icod", dxv: "DXD3", mjpegb: "mjpb", svq3: "SVQ3" },
    ...{ prores_raw: "aprn", vvc: "vvc1" },
  },
  rm: { rv30: "RV30", rv40: "RV40" },
  "mkv audio": {
    ...{ cook: "A_REAL/COOK", atrac3: "A_REAL/ATRC", sipr: "A_REAL/SIPR" },
    ra_288: "A_REAL/28_8",
  },
  "mov audio": {
    ...{ amr_nb: "samr", amr_wb: "sawb", evrc: "sevc", mace3: "MAC3", mace6: "MAC6" },
    ...{ qcelp: "Qclp", qdm2: "QDM2", qdmc: "QDMC" },
  },
  "wav audio": {
    ...{ iac: "\x02\x04", imc: "\x01\x04", truespeech: "\x22\x00", wmapro: "\x62\x01" },
    ...{ wmalossless: "\x63\x01", wmavoice: "\x0a\x00" },
  },
};

const PICTURE = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=0.5"];
const SOUND = ["-f", "lavfi", "-i", "sine=d=0.5:r=8000"];

/** For each container a file, the tag in it, and what the tag comes after. */
const BASES: Readonly<Record<string, { args: readonly string[]; tag: string; after: string }>> = {
  avi: { args: [...PICTURE, "-c:v", "mpeg4"], tag: "FMP4", after: "" },
  mov: { args: [...PICTURE, "-c:v", "mjpeg"], tag: "jpeg", after: "stsd" },
  rm: { args: [...PICTURE, "-c:v", "rv10"], tag: "RV10", after: "" },
  "mkv audio": {
    args: [...PICTURE, ...SOUND, "-c:v", "mpeg4", "-c:a", "real_144"],
    tag: "A_REAL/14_4",
    after: "",
  },
  "mov audio": {
    args: [...PICTURE, ...SOUND, "-c:v", "mpeg4", "-c:a", "pcm_s16le"],
    tag: "sowt",
    after: "stsd",
  },
  "wav audio": { args: [...SOUND, "-c:a", "pcm_s16le"], tag: "\x01\x00", after: "fmt \x10\0\0\0" },
};

/** Replaces all occurrences of a tag. */
function relabel(file: Buffer, { tag, after }: { tag: string; after: string }, label: string) {
  const result = Buffer.from(file);
  const needle = Buffer.from(tag, "latin1");
  const start = after === "" ? 0 : file.indexOf(Buffer.from(after, "latin1"));
  for (let at = file.indexOf(needle, start); at >= 0; at = file.indexOf(needle, at + 1)) {
    result.write(label, at, "latin1");
    // Samples may have the bytes of a short tag by chance.
    if (after !== "") break;
  }
  return result;
}

export interface RelabelledFile extends SmallFile {
  /** The codec that its packets claim to be. */
  codec: string;
}

/** Files whose packets a decoder does not expect. */
export async function relabelledFiles(folder: string): Promise<RelabelledFile[]> {
  const files: RelabelledFile[] = [];
  for (const [container, tags] of Object.entries(TAGS)) {
    const base = BASES[container];
    if (base === undefined) throw new Error(`no file for ${container}`);
    const [extension = ""] = container.split(" ");
    const path = join(folder, `base-${container.replace(" ", "-")}.${extension}`);
    await generate([...base.args, path]);
    const bytes = await readFile(path);
    for (const [codec, tag] of Object.entries(tags))
      files.push({ name: `${codec}.${extension}`, codec, bytes: relabel(bytes, base, tag) });
  }
  return files;
}
