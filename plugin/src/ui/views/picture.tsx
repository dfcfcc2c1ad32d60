export type PictureName = 'computer' | 'link' | 'versions' | 'warning' | 'window' | 'chip' | 'done' | 'undo';

const PATHS: Record<PictureName, string> = {
  computer: 'M5 7h22v14H5zM12 26h8M16 21v5',
  link: 'M13 19l6-6M11 15l-3 3a4.2 4.2 0 0 0 6 6l3-3M21 17l3-3a4.2 4.2 0 0 0-6-6l-3 3',
  versions: 'M7 12a9.5 9.5 0 0 1 17-2M25 5v5h-5M25 20a9.5 9.5 0 0 1-17 2M7 27v-5h5',
  warning: 'M16 6L28 26H4zM16 13v6M16 22.5v.5',
  window: 'M4 11h17v14H4zM10 11V6h18v13h-7',
  chip: 'M10 10h12v12H10zM13 6v4M19 6v4M13 22v4M19 22v4M6 13h4M6 19h4M22 13h4M22 19h4',
  done: 'M16 5a11 11 0 1 1 0 22 11 11 0 0 1 0-22M11 16.5l3.5 3.5 6.5-7.5',
  undo: 'M11 7l-5 5 5 5M6 12h13a6.5 6.5 0 0 1 0 13h-7',
};

/** The line drawing over the title of a screen that says one thing. */
export function Picture({ name }: { name: PictureName }) {
  return (
    <svg class={`picture ${name}`} width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  );
}
