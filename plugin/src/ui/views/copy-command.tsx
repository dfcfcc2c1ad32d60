import { useRef, useState } from 'preact/hooks';
import { Button } from './button.js';

/** A command with a button that copies it. Figma gives plugins no clipboard API, so the old way is used. */
export function CopyCommand({ command }: { command: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    field.current?.select();
    setCopied(document.execCommand('copy'));
  };
  return (
    <div class="command">
      <input
        ref={field}
        class="command-text"
        readOnly
        value={command}
        aria-label="Command to run in a terminal"
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button onClick={copy} label={`Copy ${command}`}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
      <span class="visually-hidden" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </div>
  );
}
