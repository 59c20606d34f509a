import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { STAYS } from "./feedback.tsx";
import type { AttachedSource } from "../stream/media-source.ts";
import { t } from "../../i18n/translate.ts";

const REFRESH_MS = 500;

interface Props {
  videoId: string;
  element: RefObject<HTMLVideoElement>;
  source: RefObject<Pick<AttachedSource, "facts">>;
  onClose: () => void;
}

const megabits = (bits: number) => `${(bits / 1_000_000).toFixed(2)} Mbit/s`;

/** Seconds of media that are loaded ahead of the current position. */
function bufferedAhead({ buffered, currentTime }: HTMLMediaElement): number {
  for (let index = 0; index < buffered.length; index++) {
    const isHere = buffered.start(index) <= currentTime && currentTime <= buffered.end(index);
    if (isHere) return buffered.end(index) - currentTime;
  }
  return 0;
}

function statisticsOf(
  videoId: string,
  media: HTMLVideoElement,
  source: Pick<AttachedSource, "facts"> | null,
): [name: string, value: string][] {
  const { rendition, bandwidth } = source?.facts() ?? { rendition: null, bandwidth: null };
  const { droppedVideoFrames, totalVideoFrames } = media.getVideoPlaybackQuality();
  const { width, height } = media.getBoundingClientRect();
  const rows: [string, string | null][] = [
    [t("stats.video"), videoId],
    [t("stats.viewport"), `${Math.round(width)} × ${Math.round(height)}, ${devicePixelRatio}×`],
    [
      t("stats.frames"),
      t("stats.dropped", { total: totalVideoFrames, dropped: droppedVideoFrames }),
    ],
    [t("stats.playing"), `${media.videoWidth} × ${media.videoHeight}`],
    [
      t("stats.rendition"),
      rendition && `${rendition.width} × ${rendition.height}, ${megabits(rendition.bitrate)}`,
    ],
    [t("stats.codecs"), rendition?.codecs || null],
    [t("stats.connection"), bandwidth === null ? null : megabits(bandwidth)],
    [t("stats.buffer"), t("player.seconds", { seconds: bufferedAhead(media).toFixed(1) })],
    [t("stats.volume"), media.muted ? t("stats.muted") : `${Math.round(media.volume * 100)}%`],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

/** Technical statistics of the playback. */
export function Statistics({ videoId, element, source, onClose }: Props) {
  const [rows, setRows] = useState<[string, string][]>([]);
  useEffect(() => {
    const update = () =>
      element.current && setRows(statisticsOf(videoId, element.current, source.current));
    update();
    const timer = setInterval(update, REFRESH_MS);
    return () => clearInterval(timer);
  }, [videoId, element, source]);
  return (
    <section {...STAYS} class="player-statistics" aria-label={t("settings.statistics")}>
      <button type="button" class="player-close" aria-label={t("stats.close")} onClick={onClose}>
        ×
      </button>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
