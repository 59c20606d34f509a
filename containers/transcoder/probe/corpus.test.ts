import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FAILURES } from "../../../workers/domain/tasks/failures.ts";
import { type Bench, startBench, tools } from "../../../tests/support/transcoder/bench.ts";
import { capabilitiesOf } from "../../../tests/support/transcoder/capabilities.ts";
import { mutantsOf } from "../../../tests/support/transcoder/mutations.ts";
import { SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile, twoAtOnce } from "../../../tests/support/transcoder/plan-file.ts";
import {
  type RelabelledFile,
  relabelledFiles,
} from "../../../tests/support/transcoder/relabelled-files.ts";
import {
  type SmallFile,
  type SmallFiles,
  smallFiles,
  UNMADE,
} from "../../../tests/support/transcoder/small-files.ts";
import { setTrap, type Trap } from "../../../tests/support/transcoder/trap.ts";
import { ACCEPTED, canDecode } from "./accepted-formats.ts";

const execute = promisify(execFile);

let bench: Bench;
let trap: Trap;
let corpus: SmallFiles;
let relabelled: RelabelledFile[];
beforeAll(async () => {
  bench = await startBench();
  trap = await setTrap(bench.folder);
  corpus = await smallFiles(bench.folder);
  relabelled = await relabelledFiles(bench.folder);
}, 600_000);
afterAll(async () => {
  await trap[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

interface Names {
  /** How ffprobe names the container and the tracks of a file; empty if a decoder cannot be opened with it. */
  names: string[];
  /** Whether ffprobe was ended by a signal. */
  hasCrashed: boolean;
}

async function namesIn({ name, bytes }: SmallFile): Promise<Names> {
  const file = join(bench.folder, `probed-${name}`);
  await writeFile(file, bytes);
  const entries = ["-show_entries", "format=format_name:stream=codec_name", "-of", "csv=p=0"];
  const { stdout, signal } = await execute(tools.ffprobe, [
    ...["-v", "quiet", ...entries, file],
  ]).then(
    (done) => ({ ...done, signal: null }),
    (error: { signal: string | null }) => ({ stdout: "", signal: error.signal }),
  );
  return {
    names: stdout.split(/[\s,"]+/).filter((found) => found !== ""),
    hasCrashed: signal !== null,
  };
}

/** What the transport streams of the corpus contain, for builds of ffprobe that crash on them. */
const TRANSPORT_STREAMS: Readonly<Record<string, readonly string[]>> = {
  "small.ts": ["mpegts", "h264", "aac_latm"],
  "broadcast.ts": ["mpegts", "mpeg2video", "s302m"],
  "blu-ray.m2ts": ["mpegts", "mpeg2video", "pcm_bluray"],
};

it("ffprobe reads transport streams", async ({ skip }) => {
  const streams = [...corpus.whole, ...corpus.tracks].filter(
    ({ name }) => name in TRANSPORT_STREAMS,
  );
  const read = await Promise.all(streams.map(namesIn));
  // The transcoder copies such files without ffprobe (remux.ts), and probes the copy.
  if (read.every(({ hasCrashed }) => hasCrashed))
    skip("This ffprobe crashes at every transport stream, as that of the npm package does.");
  expect(read.filter(({ names }) => names.length === 0)).toEqual([]);
});

it("the corpus has every container and codec that a source may have", async () => {
  const { decoders } = await capabilitiesOf(tools);
  const { whole, video, tracks, audio, lacking } = corpus;
  const found = new Set<string>();
  const unreadable: string[] = [];
  await twoAtOnce([...whole, ...video, ...tracks, ...audio].values(), async (file) => {
    const { names, hasCrashed } = await namesIn(file);
    const known = hasCrashed ? (TRANSPORT_STREAMS[file.name] ?? []) : names;
    if (known.length === 0) unreadable.push(file.name);
    for (const name of known) found.add(name);
  });
  expect(unreadable).toEqual([]);
  await twoAtOnce(relabelled.values(), async (file) => {
    const { names } = await namesIn(file);
    for (const name of names.length === 0 ? [file.codec] : names) found.add(name);
  });
  const isMissing = (name: string): boolean => !found.has(name) && !Object.hasOwn(UNMADE, name);
  const missing = [
    ...ACCEPTED.demuxers.filter(isMissing),
    ...ACCEPTED.codecs.filter((codec) => isMissing(codec) && canDecode(codec, decoders)),
  ];
  // A build with all encoders can make every file.
  expect(missing.slice(lacking.length)).toEqual([]);
  const accepted = [...ACCEPTED.demuxers, ...ACCEPTED.codecs];
  expect(Object.keys(UNMADE).filter((name) => !accepted.includes(name))).toEqual([]);
}, 600_000);

it("damaged files of each kind, and packets of another codec, are planned or refused with an error code", async () => {
  const made = [...corpus.video, ...corpus.tracks].map(({ bytes }) => bytes);
  const hostile = [...mutantsOf(made, 1, trap), ...relabelled.map(({ bytes }) => bytes)];
  const codes = new Set<string>();
  await twoAtOnce(hostile.values(), async (bytes) => {
    codes.add(codeOf(await planFile(bench, bytes, { ...SETTINGS, loudness: false })));
  });
  // The file is at fault, not the encoder, so a retry would be useless.
  const temporary = [...codes].filter(
    (code) => code !== "done" && FAILURES[code as keyof typeof FAILURES]?.permanent !== true,
  );
  expect(temporary).toEqual([]);
  expect(trap.touched).toEqual([]);
  expect(bench.runner.running).toBe(0);
}, 1_200_000);
