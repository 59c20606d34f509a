import type { TargetedPointerEvent } from "preact";
import { useRef, useState } from "preact/hooks";

export interface RowDrag {
  /** Where the dragged row would land; null while nothing is dragged. */
  target: number | null;
  /** Handlers of the handle of a row. */
  handlersOf: (index: number) => {
    onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => void;
    onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
  };
}

/**
 * Lets rows be dragged by a handle, with a mouse, a pen or a finger. Nothing moves until the row is dropped.
 * @param rowClass of the rows, which are siblings in the order of their indexes
 * @param onDrop receives the old and the new position of the row
 */
export function useRowDrag(rowClass: string, onDrop: (from: number, to: number) => void): RowDrag {
  /** The current position of the row, and where it would land. */
  const dragged = useRef<{ from: number; to: number } | null>(null);
  const [target, setTarget] = useState<number | null>(null);
  function aim(drag: { from: number; to: number } | null): void {
    dragged.current = drag;
    setTarget(drag?.to ?? null);
  }
  return {
    target,
    handlersOf: (index) => ({
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        aim({ from: index, to: index });
      },
      onPointerMove: (event) => {
        if (!dragged.current) return;
        aim({ ...dragged.current, to: rowAt(event.currentTarget, rowClass, event.clientY) });
      },
      onPointerUp: () => {
        const drag = dragged.current;
        aim(null);
        if (drag && drag.to !== drag.from) onDrop(drag.from, drag.to);
      },
      onPointerCancel: () => aim(null),
    }),
  };
}

/** The index of the row at a height, or of the nearest one. */
function rowAt(handle: HTMLElement, rowClass: string, y: number): number {
  const list = handle.closest(`.${rowClass}`)?.parentElement;
  const rows = [...(list?.querySelectorAll(`:scope > .${rowClass}`) ?? [])];
  const index = rows.findIndex((row) => y < row.getBoundingClientRect().bottom);
  return index === -1 ? rows.length - 1 : index;
}
