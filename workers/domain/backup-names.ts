/** A folder without it is not a backup: it is written last. */
export const MANIFEST_FILE = "manifest.json";
/** A part of CATALOG as written by the cron; `npm run backup` writes one file. */
export const CATALOG_PART = /^catalog-\d{5}\.sql$/;
export const catalogPart = (part: number): string => `catalog-${String(part).padStart(5, "0")}.sql`;

/** Number of backups in the bucket. Beyond it, the oldest is deleted. */
export const BACKUPS_KEPT = 30;

/** The name of a backup; names sort by time. @param createdAt ISO 8601 */
export const backupName = (createdAt: string): string => createdAt.replaceAll(/[:.]/g, "-");
export const isBackupName = (name: string): boolean => /^\d{4}-\d\d-\d\dT[\d-]+Z$/.test(name);
