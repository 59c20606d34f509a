import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { Publication } from "../../../workers/contract/publications.ts";
import { secretsInLog } from "../secrets-in-log.ts";
import { encodeVideoFile } from "./encode-video.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The encoded video: its publication, and the folder that is served as `/media/{token}/`. */
    video: { folder: string; publication: Publication };
  }
}

/** The transcoder logs in this process, before the set-up of the tests searches the console. */
async function withSearchedLog<T>(run: () => Promise<T>): Promise<T> {
  const lines: string[] = [];
  const restore = (["log", "warn", "error"] as const).map((method) => {
    const write = console[method];
    console[method] = (...values: unknown[]) => {
      lines.push(String(values[0]));
      write(...values);
    };
    return () => (console[method] = write);
  });
  const result = await run().finally(() => restore.forEach((each) => each()));
  const secrets = secretsInLog(lines.join("\n"));
  if (secrets.length > 0) throw new Error(`The log has\n${secrets.join("\n")}`);
  return result;
}

/** Encodes one video for all conformance tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-conformance-"));
  project.provide("video", {
    folder,
    publication: await withSearchedLog(() => encodeVideoFile(folder)),
  });
  return () => rm(folder, { recursive: true });
}
