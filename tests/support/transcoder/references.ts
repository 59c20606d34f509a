import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "./bench.ts";
import type { Trap } from "./trap.ts";

/** Playlists and scripts that make a reader open another file or URL. */
export function scripts({ url, file }: Pick<Trap, "url" | "file">): Record<string, string> {
  function playlist(uri: string, before = ""): string {
    return `#EXTM3U\n#EXT-X-TARGETDURATION:4\n${before}#EXTINF:4,\n${uri}\n#EXT-X-ENDLIST\n`;
  }
  function mpd(uri: string): string {
    return `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation><BaseURL>${uri}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
  }
  const { port } = new URL(url);
  return {
    "a playlist": playlist(`${url}/playlist.ts`),
    "a playlist of local files": playlist(`file://${file}`),
    "a playlist with a key elsewhere": playlist(
      "/segment.ts",
      `#EXT-X-KEY:METHOD=AES-128,URI="${url}/key"\n#EXT-X-MAP:URI="${file}"\n`,
    ),
    "a playlist through other protocols": [
      `concat:${url}/a|${file}`,
      `subfile,,start,0,end,9,,:${file}`,
      `crypto+${url}/b`,
      `async:cache:${url}/c`,
      `hls+${url}/d`,
    ]
      .map((uri) => playlist(uri))
      .join(""),
    "a multivariant playlist": `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${url}/media.m3u8\n`,
    "a playlist after a MOV header": `\x00\x00\x00\x08free${playlist(`${url}/hidden.ts`)}`,
    "a playlist in a mov's mdat": `\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  \x00\x00\x10\x00mdat${playlist(`${url}/mdat.ts`)}`,
    "a playlist after a Matroska header": `\x1a\x45\xdf\xa3${playlist(`${url}/ebml.ts`)}`,
    "a DASH manifest": mpd(`${url}/dash.mp4`),
    "a DASH manifest of local files": mpd(`file://${file}`),
    "a concat script": `ffconcat version 1.0\nfile '${url}/concat.mp4'\nfile '${file}'\n`,
    "a VobSub index": `# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\n# ${file}\ntimestamp: 00:00:01:000, filepos: 000000000\n`,
    "an SDP": `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    "an SVG": `<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}/svg.png"/><image href="file://${file}"/></svg>`,
    "an image file pattern": `ffconcat version 1.0\nfile '${file}-%03d.png'\noption pattern_type glob\n`,
    "a SMIL presentation": `<smil><body><video src="${url}/smil.mp4"/><video src="file://${file}"/></body></smil>`,
    "an ASX playlist": `<asx version="3.0"><entry><ref href="${url}/asx.wmv"/></entry></asx>`,
    "an ASF reference": `[Reference]\nRef1=${url}/asf.wmv?MSWMExt=.asf\nRef2=file://${file}\n`,
    "a QuickTime text reference": `RTSPtext${url.replace("http", "rtsp")}/video.mov`,
    "an XSPF playlist": `<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>${url}/xspf.mp4</location></track></trackList></playlist>`,
    "an IMF composition": `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id><ContentTitle>${url}/imf.mxf</ContentTitle></CompositionPlaylist>`,
    "an AviSynth script": `AviSource("${file}")\n`,
    "ASS subtitles": assScript({ url, file }),
  };
}

/** Captions that refer to a video, audio and a font elsewhere. */
function assScript({ url, file }: Pick<Trap, "url" | "file">): string {
  return [
    "[Script Info]",
    "ScriptType: v4.00+",
    `Video File: file://${file}`,
    `Audio File: ${url}/audio.wav`,
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize",
    `Style: Default,${url}/font.ttf,20`,
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    `Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\\fn${file}}See ${url}/text`,
    "",
  ].join("\n");
}

/** A QuickTime box. */
export function box(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, "latin1")));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + body.length);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
}
const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
export function uint32(value: number): Buffer {
  return Buffer.concat([uint16(value >>> 16), uint16(value & 65_535)]);
}

const PARENTS = ["moov", "trak", "mdia", "minf", "dinf"];

/** Edits the boxes of a QuickTime file. Nothing may follow `moov`, because the offsets in it are not updated. */
function editBoxes(bytes: Buffer, edit: (type: string, whole: Buffer) => Buffer): Buffer {
  const boxes: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const whole = bytes.subarray(at, at + bytes.readUInt32BE(at));
    const type = whole.toString("latin1", 4, 8);
    const inner = PARENTS.includes(type) ? box(type, editBoxes(whole.subarray(8), edit)) : whole;
    boxes.push(edit(type, inner));
    at += whole.length;
  }
  return Buffer.concat(boxes);
}

/** QuickTime's reference to another file: a Macintosh alias record with the absolute path. */
function alias(path: string): Buffer {
  const even = path.length % 2 === 0 ? path : `${path}\0`;
  const noLevels = Buffer.alloc(20, 255);
  const pathRecord = Buffer.concat([uint16(2), uint16(even.length), Buffer.from(even)]);
  return box("alis", Buffer.alloc(4 + 130), noLevels, pathRecord, Buffer.alloc(4, 255));
}

function withReference(movie: Buffer, ...entries: Buffer[]): Buffer {
  return editBoxes(movie, (type, whole) =>
    type === "dref" ? box("dref", uint32(0), uint32(entries.length), ...entries) : whole,
  );
}

function withReferenceMovie(movie: Buffer, uri: string): Buffer {
  const descriptor = box("rdrf", uint32(0), "url ", uint32(uri.length + 1), `${uri}\0`);
  const references = box("rmra", box("rmda", descriptor));
  return editBoxes(movie, (type, whole) =>
    type === "moov" ? box("moov", references, whole.subarray(8)) : whole,
  );
}

/** Replaces a Matroska file's title by the name of the file to play next, which has the same length. */
function withNextFile(video: Buffer, title: string): Buffer {
  const text = Buffer.from(title);
  const at = video.indexOf(text) - 3;
  const [id, length] = [video.readUInt16BE(at), video.readUInt8(at + 2)];
  if (id !== 0x7ba9 || length !== 0x80 + text.length) throw new Error("the title was not found");
  const next = Buffer.from([0x3e, 0x83, 0xbb, length - 1]);
  return Buffer.concat([
    video.subarray(0, at),
    next,
    text.subarray(1),
    video.subarray(at + 3 + text.length),
  ]);
}

const INPUTS = ["-f", "lavfi", "-i", "testsrc=s=128x96:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2"];

/** Videos that refer to other files as their media, as their continuation, or as their fonts and captions. */
export async function referringVideos(folder: string, trap: Trap): Promise<Record<string, Buffer>> {
  async function make(name: string, args: readonly string[]): Promise<Buffer> {
    const path = join(folder, name);
    await generate([...INPUTS, ...args, "-c:v", "libx264", "-c:a", "aac", path]);
    return readFile(path);
  }
  const { url, file } = trap;
  const movie = await make("plain.mov", []);
  const script = join(folder, "names-files.ass");
  await writeFile(script, assScript(trap));
  const list = join(folder, "attached.m3u8");
  await writeFile(list, scripts(trap)["a playlist"] ?? "");
  const title = `-file://${file}`;
  const linked = await make("linked.mkv", [
    ...["-i", script, "-map", "0", "-map", "1", "-map", "2", "-c:s", "copy"],
    ...["-attach", list, "-metadata:s:t", "mimetype=application/x-truetype-font"],
    ...["-metadata:s:t", `filename=${url}/font.ttf`, "-metadata", `title=${title}`],
  ]);
  return {
    "a MOV whose media is a local file": withReference(movie, alias(file)),
    "a MOV whose media is elsewhere": withReference(movie, alias(`${url}/alias.mp4`)),
    "a MOV whose media has a URL": withReference(
      movie,
      box("url ", uint32(0), `${url}/dref.mp4\0`),
      box("url ", uint32(0), `file://${file}\0`),
      box("urn ", uint32(0), `video\0${url}/urn.mp4\0`),
    ),
    "a reference movie": withReferenceMovie(movie, `${url}/reference.mov`),
    "a reference movie of a local file": withReferenceMovie(movie, `file://${file}`),
    "a Matroska file that continues in another file": withNextFile(linked, title),
  };
}
