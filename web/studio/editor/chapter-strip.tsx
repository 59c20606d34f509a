import type { ComponentChildren, TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";
import { clock, lastSecond } from "../../format.ts";
import { type StoryboardTile, tileAt } from "../storyboard.ts";
import { Tile } from "../storyboard-tile.tsx";

const FRAMES = 12;
/** Seconds that the keys Page up and Page down move. */
const LARGE_STEP_SECONDS = 10;

/** A time on the strip that can be moved. */
export interface Marker {
  key: number;
  /** Seconds. */
  start: number;
  label: string;
  /** The spoken form of its time; by default, minutes and seconds. */
  text?: string;
}

interface Props {
  duration: number;
  /** The latest time of a marker. */
  last?: number;
  /** The step of markers, in seconds. */
  step?: number;
  /** Shown over the frames, below the markers. */
  children?: ComponentChildren;
  tiles: readonly StoryboardTile[];
  markers: readonly Marker[];
  /** @param second the new position */
  onMove: (key: number, second: number) => void;
  /** The marker has reached its final position. */
  onMoved: () => void;
}

/** The video as a strip of frames, on which chapter starts are moved by dragging and with keys. */
export function ChapterStrip(props: Props) {
  const { duration, tiles, markers, onMove, onMoved, children } = props;
  const { step: size = 1, last = lastSecond(duration) } = props;
  const strip = useRef<HTMLDivElement>(null);
  const dragged = useRef<number | null>(null);
  const within = (second: number) => Math.min(last, Math.max(0, Math.round(second / size) * size));

  function moveTo(key: number, event: TargetedPointerEvent<HTMLElement>): void {
    const area = strip.current?.getBoundingClientRect();
    if (!area || dragged.current !== key) return;
    onMove(key, within(((event.clientX - area.left) / area.width) * duration));
  }
  function drop(): void {
    if (dragged.current === null) return;
    dragged.current = null;
    onMoved();
  }
  function step({ key, start }: Marker, event: KeyboardEvent): void {
    const seconds: Record<string, number> = {
      ArrowRight: start + size,
      ArrowUp: start + size,
      ArrowLeft: start - size,
      ArrowDown: start - size,
      PageUp: start + LARGE_STEP_SECONDS,
      PageDown: start - LARGE_STEP_SECONDS,
      Home: 0,
      End: last,
    };
    const second = seconds[event.key];
    if (second === undefined) return;
    event.preventDefault();
    onMove(key, within(second));
  }
  // Time runs from left to right in every language, as in the player.
  return (
    <div class="chapter-strip" dir="ltr" ref={strip}>
      <div class="chapter-frames">
        {Array.from({ length: FRAMES }, (_, index) => {
          const tile = tileAt(tiles, ((index + 0.5) / FRAMES) * duration);
          return tile && <Tile key={index} tile={tile} tiles={tiles} />;
        })}
      </div>
      {children}
      {markers.map((marker) => (
        <span
          key={marker.key}
          class="chapter-marker"
          role="slider"
          tabIndex={0}
          aria-label={marker.label}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={Math.round(marker.start / size) * size}
          aria-valuetext={marker.text ?? clock(marker.start)}
          style={{ insetInlineStart: `${(100 * Math.min(marker.start, duration)) / duration}%` }}
          onKeyDown={(event) => step(marker, event)}
          onBlur={onMoved}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            dragged.current = marker.key;
          }}
          onPointerMove={(event) => moveTo(marker.key, event)}
          onPointerUp={drop}
          onPointerCancel={drop}
        />
      ))}
    </div>
  );
}
