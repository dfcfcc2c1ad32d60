import type { ErrorPayload } from '@samepoint/shared-protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from './button.js';
import { Notice } from './notice.js';
import { Picture } from './picture.js';
import { Screen } from './screen.js';

const CODE_DIGITS = 6;

interface PairViewProps {
  error: ErrorPayload | null;
  busy: boolean;
  onPair: (code: string) => void;
}

/** Asks for the code that the terminal shows. A complete code is sent without another click. */
export function PairView({ error, busy, onPair }: PairViewProps) {
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (error !== null) setCode('');
    field.current?.focus();
  }, [error]);
  const change = (text: string) => {
    const digits = text.replace(/\D/g, '').slice(0, CODE_DIGITS);
    setCode(digits);
    if (field.current !== null) field.current.value = digits;
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
        <Picture name="link" />
        <h1>Pair with Samepoint</h1>
        <p>Enter the six-digit code that Samepoint shows in the terminal.</p>
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
          onInput={(event) => change(event.currentTarget.value)}
        />
        {error === null ? (
          <p class="secondary-text">Once is enough: this Figma stays paired with this computer.</p>
        ) : (
          <Notice tone="danger">
            <strong>{error.message}</strong> {error.hint}
          </Notice>
        )}
      </form>
    </Screen>
  );
}
