import type { ErrorPayload } from '@samepoint/shared-protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConnectionEvent } from '../connection/connection.js';
import type { Obstacle } from '../connection/connection-status.js';
import { errorScreen } from '../connection/error-screens.js';
import { Button, Illustration, MessageScreen, Notice, Screen } from './components.js';

interface ConnectionViewProps {
  obstacle: Obstacle;
  connect: (event: ConnectionEvent) => void;
}

const START_COMMAND = 'npx samepoint';
const UPDATE_COMMAND = 'npx samepoint@latest';

/** The screen of a connection obstacle. */
export function ConnectionView({ obstacle, connect }: ConnectionViewProps) {
  const retry = () => connect({ type: 'retry' });
  const tryAgain = { label: 'Try again', onClick: retry };
  switch (obstacle.name) {
    case 'daemon-missing':
      return <StartView asks={obstacle.asks} action={tryAgain} />;
    case 'browser-denied':
      return <DeniedView action={tryAgain} />;
    case 'browser-blocked':
      return (
        <MessageScreen
          illustration="window"
          title="Your browser blocks Samepoint"
          message="This browser doesn’t let Figma connect to programs on this computer."
          hint="Open the file in the Figma desktop app and run the plugin there."
          action={tryAgain}
        />
      );
    case 'not-paired':
    case 'pairing':
      return (
        <PairView
          error={obstacle.name === 'pairing' ? null : obstacle.error}
          busy={obstacle.name === 'pairing'}
          onPair={(code) => connect({ type: 'pair', code })}
        />
      );
    case 'version-mismatch':
      return <VersionView update={obstacle.update} action={tryAgain} />;
    case 'replaced':
      return (
        <MessageScreen
          illustration="window"
          title="Open in another window"
          message="Samepoint is connected to another Figma window."
          action={{ label: 'Use it here', onClick: retry }}
        />
      );
    case 'refused':
      return <RefusedView error={obstacle.error} action={{ label: 'Reconnect', onClick: retry }} />;
  }
}

interface Action {
  label: string;
  onClick: () => void;
}

function StartView({ asks, action }: { asks: boolean; action: Action }) {
  return (
    <MessageScreen
      illustration="computer"
      title="Start Samepoint"
      message="Samepoint compares frames on this computer. Run this command in a terminal:"
      action={action}
    >
      <CopyCommand command={START_COMMAND} />
      <p class="secondary-text">The plugin connects automatically.</p>
      {asks ? <p class="secondary-text">If your browser asks for access to this device, choose Allow.</p> : null}
    </MessageScreen>
  );
}

/** Samepoint may be running, but the user denied the browser's question. */
function DeniedView({ action }: { action: Action }) {
  return (
    <MessageScreen
      illustration="window"
      title="Access to this computer is denied"
      message="Your browser doesn’t let Figma connect to Samepoint, because access to this device was denied."
      hint="Open the site settings beside the address, allow access to apps on this device (or to the local network), then try again. The Figma desktop app needs no permission."
      action={action}
    />
  );
}

function RefusedView({ error, action }: { error: ErrorPayload; action: Action }) {
  const { title, message, hint } = errorScreen(error);
  return <MessageScreen illustration="warning" title={title} message={message} hint={hint} action={action} />;
}

interface VersionViewProps {
  update: 'client' | 'daemon';
  action: Action;
}

function VersionView({ update, action }: VersionViewProps) {
  if (update === 'client') {
    return (
      <MessageScreen
        illustration="versions"
        title="Update the plugin"
        message="The plugin is older than Samepoint on this computer."
        hint="Close the plugin and run it again. If this screen returns, import the plugin again from the path on the status page of Samepoint."
        action={action}
      />
    );
  }
  return (
    <MessageScreen
      illustration="versions"
      title="Update Samepoint"
      message="Samepoint on this computer is older than the plugin. Stop it, then run this command in a terminal:"
      action={action}
    >
      <CopyCommand command={UPDATE_COMMAND} />
      <p class="secondary-text">In a clone of the repository, run git pull and npm start instead.</p>
    </MessageScreen>
  );
}

/** A command with a copy button. Plugins have no clipboard API, so it uses `execCommand`. */
function CopyCommand({ command }: { command: string }) {
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
        aria-label="Terminal command"
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

const CODE_DIGITS = 6;

interface PairViewProps {
  error: ErrorPayload | null;
  busy: boolean;
  onPair: (code: string) => void;
}

/** The input for the pairing code. A complete code is submitted without a click. */
function PairView({ error, busy, onPair }: PairViewProps) {
  const [code, setCode] = useState('');
  useEffect(() => {
    if (error !== null) setCode('');
  }, [error]);
  const change = (digits: string) => {
    setCode(digits);
    if (digits.length === CODE_DIGITS && digits !== code) onPair(digits);
  };
  const complete = code.length === CODE_DIGITS;
  return (
    <Screen
      title="Pair with Samepoint"
      footer={
        <Button look="primary" wide disabled={!complete} busy={busy} onClick={() => onPair(code)}>
          {busy ? 'Pairing…' : 'Pair'}
        </Button>
      }
    >
      <form
        class="message"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) onPair(code);
        }}
      >
        <Illustration name="link" />
        <h1>Pair with Samepoint</h1>
        <p>Enter the six-digit code from the terminal.</p>
        <CodeInput code={code} error={error} busy={busy} onChange={change} />
        <PairNote error={error} />
      </form>
    </Screen>
  );
}

/** Why the code was refused; at first, that it is needed once. */
function PairNote({ error }: Pick<PairViewProps, 'error'>) {
  if (error === null) return <p class="secondary-text">You only need to do this once on this computer.</p>;
  return (
    <Notice tone="danger">
      <strong>{error.message}</strong> {error.hint}
    </Notice>
  );
}

interface CodeInputProps {
  code: string;
  error: ErrorPayload | null;
  busy: boolean;
  onChange: (digits: string) => void;
}

/** A field that accepts digits only. It takes the focus at first and after each error. */
function CodeInput({ code, error, busy, onChange }: CodeInputProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
  }, [error]);
  return (
    <input
      ref={field}
      class="code"
      inputMode="numeric"
      autocomplete="off"
      maxLength={CODE_DIGITS + 1}
      placeholder="000000"
      value={code}
      readOnly={busy}
      aria-label="Six-digit pairing code"
      aria-invalid={error !== null}
      onInput={({ currentTarget }) => {
        const digits = currentTarget.value.replace(/\D/g, '').slice(0, CODE_DIGITS);
        currentTarget.value = digits;
        onChange(digits);
      }}
    />
  );
}
