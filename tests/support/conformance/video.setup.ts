import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { Publication } from "../../../workers/contract/publications.ts";
import { encodeVideoFile } from "./encode-video.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The encoded video: its publication, and the folder that is served as `/media/{token}/`. */
    video: { folder: string; publication: Publication };
  }
}

/** Encodes one video for all conformance tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-conformance-"));
  project.provide("video", { folder, publication: await encodeVideoFile(folder) });
  return () => rm(folder, { recursive: true });
}
