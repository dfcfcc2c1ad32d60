import type { ComponentChildren } from 'preact';
import { Button, IconButton } from './button.js';
import { Picture, type PictureName } from './picture.js';
import { Screen } from './screen.js';

interface MessageViewProps {
  picture: PictureName;
  title: string;
  message: string;
  hint?: string;
  /** The one button that helps. */
  action: { label: string; onClick: () => void; busy?: boolean; disabled?: boolean };
  onBack?: () => void;
  children?: ComponentChildren;
}

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
        <Picture name={picture} />
        <h1>{title}</h1>
        <p>{message}</p>
        {hint === undefined ? null : <p class="secondary-text">{hint}</p>}
        {children}
      </div>
    </Screen>
  );
}
