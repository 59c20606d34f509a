import type { SourceUpload } from "../../../workers/contract/versions.ts";
import { splitIntoParts, uploadParts } from "../upload/part-queue.ts";
import { browserTransport, joinParts, MAX_CONCURRENT_PARTS } from "../upload/part-transport.ts";
import { PauseGate } from "../upload/pause-gate.ts";
import { uploadSource } from "../versions-api.ts";

/**
 * Sends a file for an existing video in parts and completes its upload.
 * @param onRatio 0 to 1
 * @returns the id of the upload
 */
export async function sendFile(
  id: string,
  file: File,
  { contentType, purpose }: Pick<SourceUpload, "contentType" | "purpose">,
  signal: AbortSignal,
  onRatio: (ratio: number) => void,
): Promise<string> {
  const { name: filename, size } = file;
  const upload = await uploadSource(id, { filename, size, contentType, purpose }, signal);
  const sent = new Map<number, number>();
  const last = await uploadParts({
    parts: splitIntoParts(size, upload.partSize),
    concurrency: MAX_CONCURRENT_PARTS,
    transport: browserTransport(upload.id, file),
    gate: new PauseGate(),
    signal,
    onProgress: (part, bytes) => {
      sent.set(part, bytes);
      onRatio([...sent.values()].reduce((sum, one) => sum + one, 0) / size);
    },
  });
  await joinParts(upload.id, last, signal);
  return upload.id;
}
