/** A progress bar. @param ratio 0 to 1, clamped */
export function ProgressBar({ label, ratio }: { label: string; ratio: number }) {
  const progress = Math.min(1, Math.max(0, ratio));
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(progress * 100)}
    >
      <div class="progress-fill" style={{ transform: `scaleX(${progress})` }} />
    </div>
  );
}
