interface ProgressBarProps {
  label: string;
  /** 0 … 1; null: nobody knows yet. */
  share: number | null;
}

/** A thin bar with its words. */
export function ProgressBar({ label, share }: ProgressBarProps) {
  const width = share === null ? undefined : { width: `${Math.round(share * 100)}%` };
  return (
    <div class="progress">
      <div
        class="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
      >
        <div class={share === null ? 'progress-fill unknown' : 'progress-fill'} style={width} />
      </div>
      <p class="secondary-text">{label}</p>
    </div>
  );
}
