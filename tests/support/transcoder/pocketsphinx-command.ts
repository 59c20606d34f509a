/**
 * pocketsphinx behind the command line of whisper.cpp's `whisper-cli`, as far as the transcoder uses it: a small recogniser
 * of English that works offline, for tests. Run by a shell script (pocketsphinx.ts), since the transcoder gives no environment.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    file: { type: "string" },
    threads: { type: "string" },
    language: { type: "string" },
    "output-json": { type: "boolean" },
    "output-file": { type: "string" },
  },
});

/** Lines such as `harbour 0.310 0.620 0.998`, between lines with whole utterances. */
const WORD = /^(\S+) (\d+\.\d+) (\d+\.\d+) [\d.]+$/;
/** A pause after which another utterance begins. */
const MAX_PAUSE_SECONDS = 0.6;

const output = execFileSync(
  "/usr/bin/pocketsphinx_continuous",
  [
    ...["-infile", values.file ?? "", "-time", "yes", "-logfn", "/dev/null"],
    ...["-hmm", `${values.model}/en-us`, "-lm", `${values.model}/en-us.lm.bin`],
    ...["-dict", `${values.model}/cmudict-en-us.dict`],
  ],
  { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
);
const utterances: { offsets: { from: number; to: number }; text: string }[] = [];
for (const line of output.split("\n")) {
  const [, word = "", start, end] = WORD.exec(line.trim()) ?? [];
  // Silence, noise, and the borders of sentences.
  if (start === undefined || end === undefined || /^[<[]/.test(word)) continue;
  const [from, to] = [Math.round(Number(start) * 1000), Math.round(Number(end) * 1000)];
  const text = word.replace(/\(\d+\)$/, "");
  const last = utterances.at(-1);
  if (last && from >= last.offsets.to && from - last.offsets.to < MAX_PAUSE_SECONDS * 1000) {
    last.offsets.to = to;
    last.text += ` ${text}`;
  } else utterances.push({ offsets: { from, to }, text });
}
const written = { result: { language: "en" }, transcription: utterances };
writeFileSync(`${values["output-file"]}.json`, JSON.stringify(written));
