/** A folder without it is no backup: it comes last. */
export const MANIFEST_FILE = "manifest.json";
/** Of CATALOG, as the cron makes it; `npm run backup` makes one file. */
export const CATALOG_PART = /^catalog-\d{5}\.sql$/;
export const catalogPart = (part: number): string => `catalog-${String(part).padStart(5, "0")}.sql`;

/** In the bucket. Beyond it, the oldest is deleted. */
export const BACKUPS_KEPT = 30;

/** The name of a backup: in order of time. @param createdAt ISO 8601 */
export const backupName = (createdAt: string): string => createdAt.replaceAll(/[:.]/g, "-");
export const isBackupName = (name: string): boolean => /^\d{4}-\d\d-\d\dT[\d-]+Z$/.test(name);
