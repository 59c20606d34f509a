import { t } from "../i18n/translate.ts";
interface Props {
  /** Cursors of the pages up to this one, without the first page, which has none. */
  cursors: string[];
  next: string | null;
  onChange: (cursors: string[]) => void;
}

/** Buttons to the previous and the next page of a list that is read by cursor, newest first. */
export function Pager({ cursors, next, onChange }: Props) {
  if (cursors.length === 0 && !next) return null;
  return (
    <nav class="pager" aria-label={t("common.pages")}>
      {cursors.length > 0 && (
        <button type="button" class="button" onClick={() => onChange(cursors.slice(0, -1))}>
          {t("common.newer")}
        </button>
      )}
      {next && (
        <button type="button" class="button" onClick={() => onChange([...cursors, next])}>
          {t("common.older")}
        </button>
      )}
    </nav>
  );
}
