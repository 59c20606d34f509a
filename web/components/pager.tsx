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
    <nav class="pager" aria-label="Pages">
      {cursors.length > 0 && (
        <button type="button" class="button" onClick={() => onChange(cursors.slice(0, -1))}>
          Newer
        </button>
      )}
      {next && (
        <button type="button" class="button" onClick={() => onChange([...cursors, next])}>
          Older
        </button>
      )}
    </nav>
  );
}
