import type { Signal } from "@preact/signals";
import type { TargetedPointerEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock } from "../../format.ts";
import { onThemeChange } from "../../charts/on-theme-change.ts";
import { t } from "../../i18n/translate.ts";
import { type DraftCue, edgeWithin } from "./cue-draft.ts";
import { PEAKS_PER_SECOND, type Waveform } from "./waveform.ts";

/** Number of visible seconds. */
const ZOOMS = [6, 12, 24, 60] as const;
/** Scaled for speech, whose peaks are at about a half. */
const SCALE = 1.6;
const KEY_STEP_SECONDS = 0.1;
const LARGE_KEY_STEP_SECONDS = 1;

interface Props {
  waveform: Waveform | null;
  /** Changes when more can be drawn. */
  drawn: number;
  cues: readonly DraftCue[];
  selected: number | null;
  /** Duration of the video in seconds. */
  position: Signal<number>;
  duration: number;
  onSeek: (time: number) => void;
  onSelect: (key: number) => void;
  /** Called when an edge was moved. @param isEnd the pointer was lifted */
  onEdge: (key: number, change: Partial<DraftCue>) => void;
  onEdgeEnd: () => void;
}

/** The waveform around the position, with the captions over it. Their edges are dragged, or moved by keys. */
export function WaveformView(props: Props) {
  const { waveform, drawn, cues, selected, duration, onSeek, onSelect } = props;
  const position = props.position.value;
  const [zoom, setZoom] = useState(1);
  const [from, setFrom] = useState(0);
  const seconds = Math.min(ZOOMS[zoom] ?? 12, Math.max(1, duration));
  const area = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const dragged = useRef<{ key: number; edge: "start" | "end" } | null>(null);
  const to = from + seconds;

  // The view follows the video, but not while it is being dragged.
  useEffect(() => {
    if (dragged.current || (position >= from && position < to)) return;
    setFrom(Math.max(0, Math.min(duration - seconds, position - seconds / 10)));
  }, [position, from, to]);
  useEffect(() => {
    waveform?.show(from, to);
    const redraw = () => canvas.current && draw(canvas.current, waveform, from, seconds);
    redraw();
    return onThemeChange(redraw);
  }, [waveform, drawn, from, seconds]);

  const percent = (time: number): string => `${((time - from) / seconds) * 100}%`;
  function timeAt(event: { clientX: number }): number {
    const box = area.current?.getBoundingClientRect();
    if (!box || box.width === 0) return from;
    return Math.min(
      duration,
      Math.max(0, from + ((event.clientX - box.left) / box.width) * seconds),
    );
  }
  function moveEdge(cue: DraftCue, edge: "start" | "end", time: number): void {
    props.onEdge(cue.key, edgeWithin(cue, edge, time, duration));
  }
  function drop(): void {
    if (dragged.current === null) return;
    dragged.current = null;
    props.onEdgeEnd();
  }
  const shown = cues.filter(({ start, end }) => end > from && start < to);
  // Time runs from left to right in every language, as in the player.
  return (
    <div class="waveform" dir="ltr">
      <div
        class="waveform-area"
        ref={area}
        onPointerDown={(event) => {
          if (event.button === 0 && event.target === canvas.current) onSeek(timeAt(event));
        }}
      >
        <canvas ref={canvas} class="waveform-canvas" aria-hidden="true" />
        {shown.map((cue) => (
          <div
            key={cue.key}
            class={`waveform-cue ${cue.key === selected ? "waveform-cue-selected" : ""}`}
            style={{
              insetInlineStart: percent(cue.start),
              width: `${((cue.end - cue.start) / seconds) * 100}%`,
            }}
            onPointerDown={(event) => {
              if (event.target !== event.currentTarget) return;
              onSelect(cue.key);
              onSeek(timeAt(event));
            }}
          >
            <span class="waveform-text" dir="auto" aria-hidden="true">
              {cue.text.replaceAll(/<[^<>]*>/g, "")}
            </span>
            {cue.key === selected &&
              (["start", "end"] as const).map((edge) => (
                <Edge
                  key={edge}
                  edge={edge}
                  cue={cue}
                  duration={duration}
                  onMove={(time) => moveEdge(cue, edge, time)}
                  onDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    dragged.current = { key: cue.key, edge };
                  }}
                  onDrag={(event) => {
                    if (dragged.current?.edge === edge) moveEdge(cue, edge, timeAt(event));
                  }}
                  onUp={drop}
                  onMoved={props.onEdgeEnd}
                />
              ))}
          </div>
        ))}
        {position >= from && position <= to && (
          <div class="waveform-position" style={{ insetInlineStart: percent(position) }} />
        )}
      </div>
      <div class="waveform-tools">
        <button
          type="button"
          class="button button-small"
          disabled={zoom === 0}
          onClick={() => setZoom(zoom - 1)}
        >
          {t("captionEditor.zoomIn")}
        </button>
        <button
          type="button"
          class="button button-small"
          disabled={zoom === ZOOMS.length - 1}
          onClick={() => setZoom(zoom + 1)}
        >
          {t("captionEditor.zoomOut")}
        </button>
        <span class="soft">
          {clock(from)} – {clock(Math.min(to, duration))}
        </span>
      </div>
    </div>
  );
}

interface EdgeProps {
  edge: "start" | "end";
  cue: DraftCue;
  duration: number;
  onMove: (time: number) => void;
  onDown: (event: TargetedPointerEvent<HTMLElement>) => void;
  onDrag: (event: TargetedPointerEvent<HTMLElement>) => void;
  onUp: () => void;
  /** Called when the focus has left it. */
  onMoved: () => void;
}

function Edge({ edge, cue, duration, onMove, onDown, onDrag, onUp, onMoved }: EdgeProps) {
  const time = cue[edge];
  function step(event: KeyboardEvent): void {
    const seconds: Record<string, number> = {
      ArrowRight: KEY_STEP_SECONDS,
      ArrowUp: KEY_STEP_SECONDS,
      ArrowLeft: -KEY_STEP_SECONDS,
      ArrowDown: -KEY_STEP_SECONDS,
      PageUp: LARGE_KEY_STEP_SECONDS,
      PageDown: -LARGE_KEY_STEP_SECONDS,
    };
    const by = seconds[event.key];
    if (by === undefined || event.altKey) return;
    event.preventDefault();
    onMove(time + by);
  }
  return (
    <span
      class={`waveform-edge waveform-edge-${edge}`}
      role="slider"
      tabIndex={0}
      aria-label={t(edge === "start" ? "captionEditor.start" : "captionEditor.end")}
      aria-valuemin={0}
      aria-valuemax={Math.ceil(duration)}
      aria-valuenow={Math.round(time * 10) / 10}
      aria-valuetext={`${clock(time)}.${String(Math.floor((time % 1) * 10))}`}
      onKeyDown={step}
      onBlur={onMoved}
      onPointerDown={(event) => {
        if (event.button === 0) onDown(event);
      }}
      onPointerMove={onDrag}
      onPointerUp={onUp}
      onPointerCancel={onUp}
    />
  );
}

function draw(
  canvas: HTMLCanvasElement,
  waveform: Waveform | null,
  from: number,
  seconds: number,
): void {
  const width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  const height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (!context || !waveform) return;
  context.fillStyle = getComputedStyle(canvas).color;
  const perPixel = seconds / width;
  for (let x = 0; x < width; x += 1) {
    const start = from + x * perPixel;
    let peak = waveform.at(start);
    for (let time = start; time < start + perPixel; time += 1 / PEAKS_PER_SECOND)
      peak = Math.max(peak, waveform.at(time));
    const size = Math.max(1, Math.min(1, peak * SCALE) * height);
    context.fillRect(x, (height - size) / 2, 1, size);
  }
}
