import { t } from "../i18n/translate.ts";
interface Props {
  /** Cursors of the pages up to this one, without the first page, which has none. */
  cursors: string[];
  next: string | null;
  onChange: (cursors: string[]) => void;
  /** The labels of the buttons if the list is not sorted newest first. */
  back?: string;
  forward?: string;
}

/** Buttons to the previous and the next page of a list with cursors. */
export function Pager({
  cursors,
  next,
  onChange,
  back = t("common.newer"),
  forward = t("common.older"),
}: Props) {
  if (cursors.length === 0 && !next) return null;
  return (
    <nav class="pager" aria-label={t("common.pages")}>
      {cursors.length > 0 && (
        <button type="button" class="button" onClick={() => onChange(cursors.slice(0, -1))}>
          {back}
        </button>
      )}
      {next && (
        <button type="button" class="button" onClick={() => onChange([...cursors, next])}>
          {forward}
        </button>
      )}
    </nav>
  );
}
