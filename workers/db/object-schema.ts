/**
 * Brings the database of a Durable Object to the newest step of its schema. Objects live in different versions, so a released
 * step never changes. An object that has stored nothing yet costs no storage until its first write.
 */
export function migrateObject(storage: DurableObjectStorage, steps: readonly string[]): void {
  storage.transactionSync(() => {
    storage.sql.exec("CREATE TABLE IF NOT EXISTS schema_step (step INTEGER NOT NULL)");
    const [current] = storage.sql.exec<{ step: number }>("SELECT step FROM schema_step").toArray();
    const done = current?.step ?? 0;
    if (done === steps.length) return;
    for (const step of steps.slice(done)) storage.sql.exec(step);
    storage.sql.exec("DELETE FROM schema_step");
    storage.sql.exec("INSERT INTO schema_step VALUES (?)", steps.length);
  });
}
