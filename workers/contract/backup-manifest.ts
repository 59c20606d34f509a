import { z } from "zod";

/** Describes a backup of CATALOG, with the checksums that prove it complete. */
export const BackupManifest = z.strictObject({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  /** Version of the product that made it. */
  version: z.string(),
  /** Migrations of CATALOG at that time. */
  migrations: z.array(z.string()),
  /** Rows by table. */
  tables: z.record(z.string(), z.int()),
  /** Variables of the instance; no secret is among them. */
  settings: z.record(z.string(), z.unknown()),
  /** Names of the secrets without which it cannot be used; their values are in no backup. */
  secrets: z.array(z.string()),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});
export type BackupManifest = z.infer<typeof BackupManifest>;
