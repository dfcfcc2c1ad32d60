import type { Scope } from '../scope.js';

export function button(s: Scope, name: string, key: string, classes = 'primary', role?: string): string {
  const icon = role === undefined ? '' : s.icon(`${name}Icon`, role);
  return s.control(name, `btn ${classes}`, icon + s.label(`${name}Label`, key));
}

export function iconButton(s: Scope, name: string, role: string, classes = ''): string {
  return `<div class="icon-btn ${classes}">${s.icon(name, role)}</div>`;
}

/** A heading with a link at its end. */
export function heading(s: Scope, key: string, more = true): string {
  const link = more ? s.label('more', 'seeAll', 'link') : '';
  return `<div class="row between heading-row">${s.label('heading', key, 'heading', 'h3')}${link}</div>`;
}

export function toggle(s: Scope, name: string): string {
  return s.control(name, s.content(name).chance(0.6) ? 'switch on' : 'switch', '<i></i>');
}

export function checkbox(s: Scope, name: string): string {
  return s.control(name, s.content(name).chance(0.5) ? 'check on' : 'check');
}

/** A form field: a label above a value or placeholder. */
export function field(s: Scope, name: string, key: string, value = '', role?: string): string {
  const icon = role === undefined ? '' : s.icon(`${name}Icon`, role, 'muted');
  return `<div class="field">${s.label(`${name}Label`, key, 'tiny strong')}${s.control(name, 'input row', icon + value)}</div>`;
}

export function stars(s: Scope, name: string): string {
  return `<span class="stars row">${[1, 2, 3, 4, 5].map((n) => s.icon(`${name}${n}`, 'star')).join('')}</span>`;
}

export function progress(s: Scope, name: string): string {
  return s.control(name, 'progress', `<i style="inline-size:${s.content(name).whole(12, 96)}%"></i>`);
}

export function statusBadge(s: Scope): string {
  const keys = ['active', 'pending', 'paid', 'failed'] as const;
  const at = s.content('status').whole(0, keys.length - 1);
  return s.label('status', keys[at] ?? 'active', `badge tone${at}`);
}
