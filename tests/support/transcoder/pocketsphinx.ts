import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Recogniser } from "../../../containers/transcoder/runtime/recogniser.ts";

const MODEL = "/usr/share/pocketsphinx/model/en-us";
const COMMAND = fileURLToPath(new URL("pocketsphinx-command.ts", import.meta.url));

/** Why pocketsphinx is unavailable; undefined if it is available. */
export const WITHOUT_POCKETSPHINX =
  existsSync("/usr/bin/pocketsphinx_continuous") && existsSync(`${MODEL}/en-us.lm.bin`)
    ? undefined
    : "Debian's packages pocketsphinx and pocketsphinx-en-us are not installed";

/**
 * Seven seconds of a LibriVox reader, whose recordings are in the public domain; from the tests of pocketsphinx
 * (cmusphinx/pocketsphinx, test/data/librivox, -0870), encoded with Opus.
 */
export const SPEECH = {
  file: fileURLToPath(new URL("speech.opus", import.meta.url)),
  demuxer: "ogg",
  seconds: 7.1,
  words:
    "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them".split(
      " ",
    ),
};

/** The words of `SPEECH` that a text contains. */
export function wordsHeard(text: string): string[] {
  const heard = text.toLowerCase().split(/[^a-z]+/);
  return SPEECH.words.filter((word) => heard.includes(word));
}

/** A recogniser with the command line of `whisper-cli`. @param folder for its command */
export async function pocketSphinx(folder: string): Promise<Recogniser> {
  const program = join(folder, "whisper-cli");
  await writeCommand(program, COMMAND);
  return { program, model: MODEL };
}

/**
 * A shell script that runs one of our programs. It contains Node's path, because the transcoder passes no environment.
 */
export async function writeCommand(program: string, script: string): Promise<void> {
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  await chmod(program, 0o755);
}
