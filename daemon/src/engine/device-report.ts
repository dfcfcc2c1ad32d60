import { type Device, LIMITS } from '@samepoint/shared-protocol';
import type { Placement, Provider } from '../graph/runtime/runtime.js';
import { placementLabel } from './providers/provider-labels.js';

/** Keeps the device description up to date while networks run, and reports every change. */
export class DeviceReport {
  readonly #onChange: (device: Device) => void;
  readonly #nodes = new Map<Provider, number>();
  #device: Device;

  constructor(chosen: Device, onChange: (device: Device) => void) {
    this.#device = chosen;
    this.#onChange = onChange;
  }

  /** Adds the placement of one more network: the number of nodes per provider. */
  onPlacement(placement: Placement): void {
    for (const [provider, nodes] of placement) this.#nodes.set(provider, (this.#nodes.get(provider) ?? 0) + nodes);
    if (this.#nodes.size > 0) this.#change({ ...this.#device, description: placementLabel(this.#nodes) });
  }

  /** Adds a sentence to the reason, once. */
  notify(sentence: string): void {
    this.#change(withNotice(this.#device, sentence));
  }

  #change(device: Device): void {
    if (JSON.stringify(device) === JSON.stringify(this.#device)) return;
    this.#device = device;
    this.#onChange(device);
  }
}

/** The device with one more sentence in its reason, unless it is already there or does not fit. */
export function withNotice(device: Device, sentence: string): Device {
  const reason = `${device.reason} ${sentence}`;
  return device.reason.includes(sentence) || reason.length > LIMITS.textChars ? device : { ...device, reason };
}
