import type { ComponentChildren } from 'preact';
import { Button, IconButton } from './button.js';
import { Screen } from './screen.js';

export type Picture = 'computer' | 'link' | 'versions' | 'warning' | 'window' | 'chip';

interface MessageViewProps {
  picture: Picture;
  title: string;
  message: string;
  hint?: string;
  /** The one button that helps. */
  action: { label: string; onClick: () => void; busy?: boolean; disabled?: boolean };
  onBack?: () => void;
  children?: ComponentChildren;
}

const PATHS: Record<Picture, string> = {
  computer: 'M5 7h22v14H5zM12 26h8M16 21v5',
  link: 'M13 19l6-6M11 15l-3 3a4.2 4.2 0 0 0 6 6l3-3M21 17l3-3a4.2 4.2 0 0 0-6-6l-3 3',
  versions: 'M7 12a9.5 9.5 0 0 1 17-2M25 5v5h-5M25 20a9.5 9.5 0 0 1-17 2M7 27v-5h5',
  warning: 'M16 6L28 26H4zM16 13v6M16 22.5v.5',
  window: 'M4 11h17v14H4zM10 11V6h18v13h-7',
  chip: 'M10 10h12v12H10zM13 6v4M19 6v4M13 22v4M19 22v4M6 13h4M6 19h4M22 13h4M22 19h4',
};

/** A whole screen that says one thing and has one button. */
export function MessageView({ picture, title, message, hint, action, onBack, children }: MessageViewProps) {
  return (
    <Screen
      title={title}
      {...(onBack === undefined
        ? {}
        : { bar: <IconButton icon="back" label="Back to the selection" onClick={onBack} /> })}
      footer={
        <Button
          look="primary"
          wide
          onClick={action.onClick}
          busy={action.busy === true}
          disabled={action.disabled === true}
        >
          {action.label}
        </Button>
      }
    >
      <div class="message">
        <svg class="picture" width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
          <path
            d={PATHS[picture]}
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linejoin="round"
            stroke-linecap="round"
          />
        </svg>
        <h1>{title}</h1>
        <p>{message}</p>
        {hint === undefined ? null : <p class="secondary-text">{hint}</p>}
        {children}
      </div>
    </Screen>
  );
}
