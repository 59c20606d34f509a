import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { MAX_SPEECH_BYTES, SPEECH_PATH } from "../../../workers/contract/task-storage.ts";
import { Transcript } from "../../../workers/contract/transcripts.ts";
import { TaskFailure } from "../runtime/failure.ts";
import type { Recogniser } from "../runtime/recogniser.ts";
import { runProgram, type TaskRun } from "../runtime/task-run.ts";

/** Transcribes speech: a WAV file of at most half a minute, 16 kHz, mono. */
export interface Transcriber {
  /** @param language BCP 47; null to detect it */
  transcribe: (wav: Buffer<ArrayBuffer>, language: string | null) => Promise<Transcript>;
}

/** The part of `whisper-cli --output-json` that we read. Offsets are milliseconds. */
const WhisperOutput = z.object({
  result: z.object({ language: z.string() }).partial().optional(),
  transcription: z.array(
    z.object({ offsets: z.object({ from: z.number(), to: z.number() }), text: z.string() }),
  ),
});

/** A recogniser on this host. The model is loaded for each call, which takes seconds of a task's minutes. */
export function commandTranscriber(run: TaskRun, { program, model }: Recogniser): Transcriber {
  return {
    transcribe: async (wav, language) => {
      await using folder = await mkdtempDisposable(join(run.folder, "speech-"));
      const [input, output] = [join(folder.path, "speech.wav"), join(folder.path, "transcript")];
      await writeFile(input, wav);
      const { exitCode, stderr } = await runProgram(run, program, [
        ...["--model", model, "--file", input, "--threads", String(run.threads)],
        ...["--language", language?.split("-")[0] ?? "auto"],
        ...["--output-json", "--output-file", output],
      ]);
      if (exitCode !== 0)
        throw new TaskFailure("encoder_failed", `${program} ended with ${exitCode}: ${stderr}`);
      const written = await readFile(`${output}.json`, "utf8");
      const { result, transcription } = WhisperOutput.parse(JSON.parse(written));
      return Transcript.parse({
        language: result?.language ?? language,
        utterances: transcription.map(({ offsets, text }) => ({
          start: Math.max(0, offsets.from / 1000),
          end: Math.max(0, offsets.to / 1000),
          text,
        })),
      });
    },
  };
}

/** The model of the site, which the Worker calls (workers/services/speech-model.ts). */
export function siteTranscriber(run: TaskRun): Transcriber {
  return {
    transcribe: async (wav, language) => {
      if (wav.byteLength > MAX_SPEECH_BYTES)
        throw new TaskFailure("invalid_task", `${wav.byteLength} bytes of audio`);
      const query = language === null ? "" : `?language=${encodeURIComponent(language)}`;
      return Transcript.parse(
        await run.storage.ask(SPEECH_PATH, new Blob([wav], { type: "audio/wav" }), query),
      );
    },
  };
}
