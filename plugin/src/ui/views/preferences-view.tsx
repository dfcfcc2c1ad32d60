import { COLOUR_MAPS, type ColourMap, DEFAULT_PREFERENCES, type Preferences } from '../../shared/messages.js';
import { percent } from '../../shared/text.js';
import type { Flow, FlowEvent } from '../flow/state.js';
import { Button, Screen } from './components.js';
import { BackendSection } from './pick-view.js';

interface PreferencesViewProps {
  flow: Flow;
  dispatch: (event: FlowEvent) => void;
}

const COLOUR_MAP_LABELS: Record<ColourMap, string> = { viridis: 'Viridis', magma: 'Magma', gray: 'Gray' };

/** “Preferences…”: what the designer prefers in all files. Each change is stored at once. */
export function PreferencesView({ flow, dispatch }: PreferencesViewProps) {
  const { threshold, heatmapOpacity, colourMap } = flow.preferences;
  const change = (preferences: Partial<Preferences>) => dispatch({ type: 'preferences', preferences });
  return (
    <Screen
      title="Preferences"
      bar={<h1>Preferences</h1>}
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'close' })}>
          Done
        </Button>
      }
    >
      <section class="section" aria-label="Previews">
        <h2>Previews</h2>
        <Fraction
          label="Select matches from this confidence on"
          value={threshold}
          onChange={(value) => change({ threshold: value })}
        />
      </section>
      <section class="section" aria-label="Heat maps">
        <h2>Heat maps</h2>
        <Fraction label="Opacity" value={heatmapOpacity} onChange={(value) => change({ heatmapOpacity: value })} />
        <label class="preference">
          <span>Colors</span>
          <select
            class="select"
            value={colourMap}
            onChange={({ currentTarget: { value } }) => {
              change({ colourMap: COLOUR_MAPS.find((known) => known === value) ?? colourMap });
            }}
          >
            {COLOUR_MAPS.map((map) => (
              <option key={map} value={map}>
                {COLOUR_MAP_LABELS[map]}
              </option>
            ))}
          </select>
        </label>
      </section>
      <BackendSection flow={flow} dispatch={dispatch} />
      <section class="section">
        <Button onClick={() => change(DEFAULT_PREFERENCES)}>Restore defaults</Button>
      </section>
    </Screen>
  );
}

interface FractionProps {
  label: string;
  /** 0…1 */
  value: number;
  onChange: (value: number) => void;
}

function Fraction({ label, value, onChange }: FractionProps) {
  return (
    <label class="preference">
      <span>
        {label}: {percent(value)}
      </span>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        value={Math.round(value * 100)}
        aria-valuetext={percent(value)}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber / 100)}
      />
    </label>
  );
}
