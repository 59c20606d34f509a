import type { Catalog } from "../../db/client.ts";
import { recordLinkParts, type UploadLinkRow } from "../../db/upload-links.ts";
import type { UploadRow } from "../../db/uploads.ts";
import type { UploadedPart } from "../../media/s3.ts";
import type { LinkEnv } from "../../services/link-source.ts";
import type { UploadEnv } from "../../services/uploads.ts";

/** A consumer that has stored nothing for this long counts as dead. Longer than a part may take. */
export const LEASE_MS = 180_000;
export const TIMEOUT_PART_MS = 120_000;

/** Another consumer has the link, or the upload has ended. */
export class LinkLost extends Error {
  override readonly name = "LinkLost";
}

/** A consumer with the link that it reads. */
export interface LinkReading {
  env: UploadEnv & LinkEnv;
  db: Catalog;
  upload: UploadRow;
  link: UploadLinkRow;
  held: { uploadId: string; claim: string };
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** Records stored parts in groups: recording each one would take a statement per part. */
export class LinkParts {
  readonly #reading: LinkReading;
  readonly #intervalMs: number;
  #pending: UploadedPart[] = [];
  #recordedAt = Date.now();
  bytes: number;

  constructor(reading: LinkReading, intervalMs: number, bytes: number) {
    this.#reading = reading;
    this.#intervalMs = intervalMs;
    this.bytes = bytes;
  }

  /** @returns whether parts were recorded @throws LinkLost */
  async add(part: UploadedPart, length: number): Promise<boolean> {
    this.#pending.push(part);
    this.bytes += length;
    if (Date.now() - this.#recordedAt < this.#intervalMs) return false;
    await this.record();
    return true;
  }

  /** Records what is not recorded yet. @throws LinkLost */
  async record(partCount = this.#reading.upload.partCount): Promise<void> {
    const { db, held, link, upload } = this.#reading;
    const parts = this.#pending;
    this.#pending = [];
    this.#recordedAt = Date.now();
    const isKept = await recordLinkParts(db, held, parts, {
      bytes: this.bytes,
      until: this.#recordedAt + LEASE_MS,
      size: link.size ?? this.bytes,
      partCount,
      isProgress: parts.length > 0 && link.validator !== null,
    });
    if (!isKept) throw new LinkLost(upload.id);
  }
}
