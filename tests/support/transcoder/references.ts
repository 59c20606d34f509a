import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "./bench.ts";
import type { Trap } from "./trap.ts";

/** Playlists and scripts that have a reader open something else. */
export const scripts = ({ url, file }: Pick<Trap, "url" | "file">): Record<string, string> => {
  const playlist = (uri: string, before = ""): string =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:4\n${before}#EXTINF:4,\n${uri}\n#EXT-X-ENDLIST\n`;
  const mpd = (uri: string): string =>
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><Representation><BaseURL>${uri}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
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
    "a master playlist": `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${url}/media.m3u8\n`,
    "a playlist behind a mov's beginning": `\x00\x00\x00\x08free${playlist(`${url}/hidden.ts`)}`,
    "a playlist in a mov's mdat": `\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  \x00\x00\x10\x00mdat${playlist(`${url}/mdat.ts`)}`,
    "a playlist behind a Matroska's beginning": `\x1a\x45\xdf\xa3${playlist(`${url}/ebml.ts`)}`,
    "a DASH manifest": mpd(`${url}/dash.mp4`),
    "a DASH manifest of local files": mpd(`file://${file}`),
    "a concat script": `ffconcat version 1.0\nfile '${url}/concat.mp4'\nfile '${file}'\n`,
    "a VobSub index": `# VobSub index file, v7 (do not modify this line!)\nid: en, index: 0\n# ${file}\ntimestamp: 00:00:01:000, filepos: 000000000\n`,
    "an SDP": `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    "an SVG": `<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}/svg.png"/><image href="file://${file}"/></svg>`,
    "a pattern of pictures": `ffconcat version 1.0\nfile '${file}-%03d.png'\noption pattern_type glob\n`,
    "a SMIL presentation": `<smil><body><video src="${url}/smil.mp4"/><video src="file://${file}"/></body></smil>`,
    "an ASX playlist": `<asx version="3.0"><entry><ref href="${url}/asx.wmv"/></entry></asx>`,
    "an ASF reference": `[Reference]\nRef1=${url}/asf.wmv?MSWMExt=.asf\nRef2=file://${file}\n`,
    "a QuickTime text reference": `RTSPtext${url.replace("http", "rtsp")}/film.mov`,
    "an XSPF playlist": `<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>${url}/xspf.mp4</location></track></trackList></playlist>`,
    "an IMF composition": `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id><ContentTitle>${url}/imf.mxf</ContentTitle></CompositionPlaylist>`,
    "an AviSynth script": `AviSource("${file}")\n`,
    "ASS subtitles": assScript({ url, file }),
  };
};

/** Subtitles that name their film, and a font, elsewhere. */
const assScript = ({ url, file }: Pick<Trap, "url" | "file">): string =>
  [
    "[Script Info]",
    "ScriptType: v4.00+",
    `Video File: file://${file}`,
    `Audio File: ${url}/sound.wav`,
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize",
    `Style: Default,${url}/font.ttf,20`,
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    `Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\\fn${file}}See ${url}/text`,
    "",
  ].join("\n");

/** A box of a QuickTime file. */
export const box = (type: string, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, "latin1")));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + body.length);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
};
const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
export const uint32 = (value: number): Buffer =>
  Buffer.concat([uint16(value >>> 16), uint16(value & 65_535)]);

const PARENTS = ["moov", "trak", "mdia", "minf", "dinf"];

/** A QuickTime file with its boxes changed; nothing may come after `moov` that it knows the place of. */
const editBoxes = (bytes: Buffer, edit: (type: string, whole: Buffer) => Buffer): Buffer => {
  const boxes: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const whole = bytes.subarray(at, at + bytes.readUInt32BE(at));
    const type = whole.toString("latin1", 4, 8);
    const inner = PARENTS.includes(type) ? box(type, editBoxes(whole.subarray(8), edit)) : whole;
    boxes.push(edit(type, inner));
    at += whole.length;
  }
  return Buffer.concat(boxes);
};

/** QuickTime's reference to another file: a Macintosh alias that holds the absolute path. */
const alias = (path: string): Buffer => {
  const even = path.length % 2 === 0 ? path : `${path}\0`;
  const noLevels = Buffer.alloc(20, 255);
  const place = Buffer.concat([uint16(2), uint16(even.length), Buffer.from(even)]);
  return box("alis", Buffer.alloc(4 + 130), noLevels, place, Buffer.alloc(4, 255));
};

const withReference = (movie: Buffer, ...entries: Buffer[]): Buffer =>
  editBoxes(movie, (type, whole) =>
    type === "dref" ? box("dref", uint32(0), uint32(entries.length), ...entries) : whole,
  );

const withReferenceMovie = (movie: Buffer, uri: string): Buffer => {
  const descriptor = box("rdrf", uint32(0), "url ", uint32(uri.length + 1), `${uri}\0`);
  const references = box("rmra", box("rmda", descriptor));
  return editBoxes(movie, (type, whole) =>
    type === "moov" ? box("moov", references, whole.subarray(8)) : whole,
  );
};

/** Matroska's title becomes the name of the file to play next; both are as long. */
const withNextFile = (film: Buffer, title: string): Buffer => {
  const text = Buffer.from(title);
  const at = film.indexOf(text) - 3;
  const [id, length] = [film.readUInt16BE(at), film.readUInt8(at + 2)];
  if (id !== 0x7ba9 || length !== 0x80 + text.length) throw new Error("the title is elsewhere");
  const next = Buffer.from([0x3e, 0x83, 0xbb, length - 1]);
  return Buffer.concat([
    film.subarray(0, at),
    next,
    text.subarray(1),
    film.subarray(at + 3 + text.length),
  ]);
};

const PICTURE = ["-f", "lavfi", "-i", "testsrc=s=128x96:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2"];

/** Films that name other files as their media, as what comes next, or as their fonts and subtitles. */
export const referringFilms = async (
  folder: string,
  trap: Trap,
): Promise<Record<string, Buffer>> => {
  const make = async (name: string, args: readonly string[]): Promise<Buffer> => {
    const path = join(folder, name);
    await generate([...PICTURE, ...args, "-c:v", "libx264", "-c:a", "aac", path]);
    return readFile(path);
  };
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
    "a MOV whose media has an address": withReference(
      movie,
      box("url ", uint32(0), `${url}/dref.mp4\0`),
      box("url ", uint32(0), `file://${file}\0`),
      box("urn ", uint32(0), `film\0${url}/urn.mp4\0`),
    ),
    "a reference movie": withReferenceMovie(movie, `${url}/reference.mov`),
    "a reference movie of a local file": withReferenceMovie(movie, `file://${file}`),
    "a Matroska file that is continued in another": withNextFile(linked, title),
  };
};
