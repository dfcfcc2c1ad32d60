import type { Json } from '../spec.js';

export type Fields = { [name: string]: Json };

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The visible items of a list of paints or effects, in order. */
export function visibleItems(value: Json | undefined): Fields[] {
  return Array.isArray(value) ? value.filter(isFields).filter((item) => item.visible !== false) : [];
}

/** A colour as CSS, with its alpha in the opacity. */
export function hex(color: Json | undefined): string {
  if (!isFields(color)) return '#000000';
  const parts = [color.r, color.g, color.b].map((part) => Math.round(Number(part) * 255));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

export function alpha(color: Json | undefined): number {
  return isFields(color) && typeof color.a === 'number' ? color.a : 1;
}

/** `mix-blend-mode` of a blend mode, or nothing. */
export function blending(mode: Json | undefined): string {
  if (typeof mode !== 'string' || mode === 'NORMAL' || mode === 'PASS_THROUGH') return '';
  const css: { readonly [mode: string]: string } = {
    LINEAR_BURN: 'color-burn',
    LINEAR_DODGE: 'color-dodge',
  };
  return ` style="mix-blend-mode:${css[mode] ?? mode.toLowerCase().replace(/_/g, '-')}"`;
}
