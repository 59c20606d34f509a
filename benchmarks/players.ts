/**
 * `npm run test:players`: plays one video in eight players and prints what each supports, using the code of the
 * conformance tests (tests/conformance). It distinguishes players that fail from those that are not installed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "../tests/support/conformance/browser-players.ts";
import { encodeVideoFile } from "../tests/support/conformance/encode-video.ts";
import { NATIVE_PLAYERS, versionOf } from "../tests/support/conformance/native-players.ts";
import {
  serveStreams,
  type StreamName,
  STREAMS,
} from "../tests/support/conformance/stream-server.ts";
import {
  browserFaults,
  type BrowserPlayer,
  CAPTION_LIMITS,
  describeBrowserPlayer,
  type Faults,
  LIMITS,
  nativeFaults,
  openStage,
  streamsOf,
} from "../tests/support/conformance/trials.ts";
import type { Publication } from "../workers/contract/publications.ts";
import { printReport } from "./report.ts";

const OK = "ok";
const NOT_TRIED = "not tried here";
const NO_DASH_CAPTIONS = "none in DASH (decision 470)";
const ENCRYPTED_DASH = "HLS only (AES-128)";
const LIVE_DASH = "HLS only";
const FAILS = "FAILS: ";

type Cell = string;
type Trial = (stream: StreamName) => Promise<Faults>;

const cellOf = (faults: readonly string[]): Cell =>
  faults.length === 0 ? OK : FAILS + faults.join("; ");

/** The results of a player for all streams: a row for HLS and one for DASH. */
async function rowsOf(
  name: string,
  version: string,
  streams: readonly StreamName[],
  play: Trial,
): Promise<Record<string, Cell>[]> {
  async function attempt(stream: StreamName): Promise<Faults | Cell> {
    if (!streams.includes(stream)) return NOT_TRIED;
    const limit = LIMITS[`${name}: ${stream}`];
    if (limit !== undefined) return `no: ${limit}`;
    return play(stream).catch((error: unknown) => `${FAILS}${String(error).slice(0, 120)}`);
  }
  const cell = (result: Faults | Cell, part: keyof Faults): Cell =>
    typeof result === "string" ? result : cellOf(result[part]);
  const hls = await attempt("HLS");
  const encrypted = await attempt("HLS, encrypted");
  const playable = await attempt("HLS, while playable");
  const dash = await attempt("DASH");
  const captionLimit = CAPTION_LIMITS[name];
  return [
    {
      player: version,
      format: "HLS",
      plain: cell(hls, "playback"),
      captions: captionLimit === undefined ? cell(hls, "captions") : `no: ${captionLimit}`,
      "two audio": cell(hls, "audio"),
      encrypted: cell(encrypted, "playback"),
      "while playable": cell(playable, "playback"),
    },
    {
      player: version,
      format: "DASH",
      plain: cell(dash, "playback"),
      captions: NO_DASH_CAPTIONS,
      "two audio": cell(dash, "audio"),
      encrypted: ENCRYPTED_DASH,
      "while playable": LIVE_DASH,
    },
  ].filter((row) => row.plain !== NOT_TRIED);
}

async function playAll(folder: string, publication: Publication): Promise<Record<string, Cell>[]> {
  await using stage = await openStage(folder, publication);
  const rows: Record<string, Cell>[] = [];
  for (const player of ["Hls", "Shaka", "DashJs", "VideoJs"] as BrowserPlayer[]) {
    const play: Trial = async (stream) => {
      const { result } = await stage.call<Outcome>("play", player, STREAMS[stream]);
      return browserFaults(result, publication, stream);
    };
    const version = await describeBrowserPlayer(player);
    rows.push(...(await rowsOf(player, version, streamsOf(player), play)));
  }
  for (const player of NATIVE_PLAYERS) {
    const version = await versionOf(player);
    if (version === null) {
      rows.push({
        player: player.name,
        format: "",
        plain: `apt-get install ${player.debianPackage}`,
      });
      continue;
    }
    const play: Trial = async (stream) => {
      using server = await serveStreams(folder, publication);
      const playback = await player.play(`${server.base}/${STREAMS[stream]}`);
      return nativeFaults(player, playback, publication, stream);
    };
    const streams = Object.keys(STREAMS) as StreamName[];
    rows.push(...(await rowsOf(player.name, `${player.name} ${version}`, streams, play)));
  }
  return rows;
}

const folder = await mkdtemp(join(tmpdir(), "kinora-players-"));
try {
  const rows = await playAll(folder, await encodeVideoFile(folder));
  console.table(rows);
  const cells = rows.flatMap((row) =>
    ["plain", "captions", "two audio", "encrypted", "while playable"].map(
      (name) => row[name] ?? "",
    ),
  );
  const count = (isCounted: (cell: Cell) => boolean) => cells.filter(isCounted).length;
  const failures = count((cell) => cell.startsWith(FAILS));
  const missing = count((cell) => cell.startsWith("apt-get"));
  printReport(
    "players",
    {
      plays: count((cell) => cell === OK),
      "cannot, for a reason of its own": count((cell) => cell.startsWith("no: ")),
      failures,
      "players that are not installed": missing,
    },
    { "what no player forbids is played": failures === 0 },
  );
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
