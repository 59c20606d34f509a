interface Props {
  /** The cursors that led to this page, the first page's aside. */
  cursors: string[];
  next: string | null;
  onChange: (cursors: string[]) => void;
}

/** Back and forth through pages of which only the next one's cursor is known. */
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
