import { useEffect, useRef, useState } from "preact/hooks";
import type { Analytics } from "../../../workers/contract/analytics.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { clock } from "../../format.ts";
import { locale, t } from "../../i18n/translate.ts";
import { tileAt } from "../storyboard.ts";
import { Tile, useStoryboard } from "../storyboard-tile.tsx";
import { highlightsOf, percentText } from "./analytics-steps.ts";

const FRAMES = 12;

interface Props {
  video: Video;
  /** Seconds. */
  duration: number;
  retention: NonNullable<Analytics["retention"]>;
}

const times = (count: number): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(count);

/** Audience retention of a video, above its storyboard. A pointer or the slider shows any moment with its frame. */
export function Retention({ video, duration, retention }: Props) {
  const [index, setIndex] = useState(0);
  const tiles = useStoryboard(video);
  const hundredths = retention.reached.length;
  const secondOf = (hundredth: number) => (hundredth / hundredths) * duration;
  const second = secondOf(index);
  const tile = tileAt(tiles, second);
  const { replayed, drop } = highlightsOf(retention);
  const text = t("analytics.momentText", {
    time: clock(second),
    reached: percentText(retention.reached[index] ?? 0),
    plays: times(retention.plays[index] ?? 0),
  });
  // Time runs from left to right in every language, as in the player.
  return (
    <section aria-labelledby="retention">
      <h2 class="section-title" id="retention">
        {t("analytics.retention")}
      </h2>
      <p class="soft">{t("analytics.few", { count: retention.views })}</p>
      <div class="retention" dir="ltr">
        <Curve retention={retention} index={index} onIndex={setIndex} />
        <div class="retention-frames">
          {Array.from({ length: FRAMES }, (_, place) => {
            const shown = tileAt(tiles, ((place + 0.5) / FRAMES) * duration);
            return shown && <Tile key={place} tile={shown} tiles={tiles} />;
          })}
        </div>
        <input
          type="range"
          class="poster-range"
          min={0}
          max={hundredths - 1}
          value={index}
          aria-label={t("analytics.moment")}
          aria-valuetext={text}
          onInput={(event) => setIndex(event.currentTarget.valueAsNumber)}
        />
      </div>
      <div class="retention-moment">
        {tile && <Tile tile={tile} tiles={tiles} />}
        <ul>
          <li data-moment>{text}</li>
          {replayed !== null && (
            <li>{t("analytics.mostReplayed", { time: clock(secondOf(replayed)) })}</li>
          )}
          {drop !== null && <li>{t("analytics.largestDrop", { time: clock(secondOf(drop)) })}</li>}
        </ul>
      </div>
      <MomentTable duration={duration} retention={retention} />
    </section>
  );
}

interface CurveProps {
  retention: Props["retention"];
  index: number;
  onIndex: (index: number) => void;
}

/** The drawing for sighted viewers, as wide as the frames below it. Its code is loaded when it is first needed. */
function Curve({ retention, index, onIndex }: CurveProps) {
  const target = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ remove: () => void; point: (index: number) => void } | null>(null);
  const latest = useRef({ index, onIndex });
  latest.current = { index, onIndex };
  useEffect(() => {
    let isGone = false;
    import("./draw-curve.ts").then(
      ({ drawCurve }) => {
        if (isGone || !target.current) return;
        drawn.current = drawCurve(target.current, retention, (at) => latest.current.onIndex(at));
        drawn.current.point(latest.current.index);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
      drawn.current?.remove();
      drawn.current = null;
    };
  }, [retention]);
  useEffect(() => drawn.current?.point(index), [index]);
  return <div class="retention-curve" aria-hidden="true" ref={target} />;
}

/** The same numbers for screen readers and for exact reading. Built when it is opened. */
function MomentTable({ duration, retention }: Omit<Props, "video">) {
  const [isOpen, setOpen] = useState(false);
  const title = t("analytics.retention");
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary aria-label={t("chart.tableName", { name: title })}>{t("chart.table")}</summary>
      {isOpen && (
        // It scrolls, so the keyboard has to be able to focus it.
        <div class="chart-table" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("analytics.moment")}</th>
                <th scope="col">{t("analytics.reached")}</th>
                <th scope="col">{t("analytics.plays")}</th>
              </tr>
            </thead>
            <tbody>
              {retention.reached.map((share, hundredth, { length }) => (
                <tr key={hundredth}>
                  <th scope="row">{clock((hundredth / length) * duration)}</th>
                  <td>{percentText(share)}</td>
                  <td>{times(retention.plays[hundredth] ?? 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
