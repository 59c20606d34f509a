import { deserialize, serialize } from "node:v8";
import {
  type Capabilities,
  probeCapabilities,
} from "../../../containers/transcoder/runtime/capabilities.ts";
import type { Tools } from "../../../containers/transcoder/runtime/tools.ts";

/** Set by capabilities.setup.ts for all files of a test run, because it takes seven processes to ask an ffmpeg. */
const VARIABLE = "KINORA_FFMPEG_CAPABILITIES";

const known: ReadonlyMap<string, Capabilities> = deserialize(
  Buffer.from(process.env[VARIABLE] ?? serialize(new Map()).toString("base64"), "base64"),
);

/** What an ffmpeg supports. */
export async function capabilitiesOf(tools: Tools): Promise<Capabilities> {
  return known.get(tools.ffmpeg) ?? probeCapabilities(tools);
}

/** Asks ffmpegs once for this process and those that it starts. */
export async function shareCapabilities(all: readonly Tools[]): Promise<void> {
  const found = new Map<string, Capabilities>();
  for (const tools of all) found.set(tools.ffmpeg, await probeCapabilities(tools));
  process.env[VARIABLE] = serialize(found).toString("base64");
}
