import type { Scope } from '../scope.js';
import type { Component } from './component.js';
import { iconButton } from './parts.js';

const appBar: Component = {
  columns: 12,
  draw: (s) => {
    const start = s.arrangement('app-bar', ['menu', 'arrow-left', 'avatar']);
    const lead =
      start === 'avatar'
        ? s.image('me', 'portrait', 'avatar')
        : iconButton(s, 'start', s.fixed('start').pick(['menu', 'arrow-left']));
    const large = s.arrangement('app-bar-size', ['', '', 'large']);
    return `<header class="app-bar row ${large}">${lead}${s.sampleText('title', 'topic', 'title grow')}
${iconButton(s, 'search', 'search')}${iconButton(s, 'more', s.fixed('more').pick(['bell', 'dots', 'cart', 'settings']))}</header>`;
  },
};

const breadcrumbs: Component = {
  columns: 12,
  forms: ['tablet', 'desktop'],
  draw: (s) =>
    `<nav class="row crumbs muted">${s.icon('home', 'home')}${s.rows('crumb', 3, (r, n) => `${r.icon('sep', 'chevron-right', 'tiny flip')}${r.sampleText('name', 'topic', n === 2 ? 'strong' : '')}`)}</nav>`,
};

const tabs: Component = {
  columns: 12,
  draw: (s) =>
    `<nav class="tabs row">${s.rows('tab', s.fixed('n').whole(3, 4), (r, n) => r.control('tab', n === 0 ? 'tab on' : 'tab', r.sampleText('name', 'topic')))}</nav>`,
};

const segmented: Component = {
  columns: 6,
  draw: (s) =>
    `<div class="segmented row">${s.rows('part', 3, (r, n) => r.control('part', n === 1 ? 'on' : '', r.label('name', ['today', 'thisWeek', 'lastMonth'][n] ?? 'all')))}</div>`,
};

const stepper: Component = {
  columns: 12,
  draw: (s) =>
    `<div class="stepper row">${s.rows('step', 3, (r, n) => `<div class="col step ${n < 2 ? 'on' : ''}">${r.control('dot', 'dot', n === 0 ? r.icon('done', 'check') : r.text('number', `${n + 1}`))}${r.label('name', ['details', 'shipping', 'checkout'][n] ?? 'done', 'tiny')}</div>`)}</div>`,
};

const searchBar: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'bar',
      'search-bar row',
      `${s.icon('lens', 'search', 'muted')}${s.label('hint', 'search', 'muted grow')}${s.icon('end', s.fixed('end').pick(['mic', 'filter', 'camera']), 'muted')}`,
    ),
};

const chips: Component = {
  columns: 6,
  draw: (s) =>
    `<div class="row chips">${s.rows('chip', s.fixed('n').whole(4, 7), (r, n) => r.control('chip', n === 0 ? 'chip on' : 'chip', `${s.arrangement('chips', ['icon', 'plain', 'plain']) === 'icon' ? r.icon('icon', r.fixed('icon').pick(['star', 'heart', 'clock', 'tag', 'map-pin', 'zap'])) : ''}${r.sampleText('name', 'topic')}`))}</div>`,
};

const pagination: Component = {
  columns: 6,
  forms: ['tablet', 'desktop'],
  draw: (s) =>
    `<nav class="row pages">${iconButton(s, 'back', 'arrow-left', 'flip')}${s.rows('page', 5, (r, n) => r.control('page', n === 2 ? 'page on' : 'page', r.text('n', `${n + 1}`)))}${iconButton(s, 'next', 'arrow-right', 'flip')}</nav>`,
};

const footer: Component = {
  columns: 12,
  forms: ['tablet', 'desktop'],
  draw: (s) =>
    `<footer class="footer row">${s.rows('column', 4, (column) => `<div class="col grow">${column.sampleText('head', 'topic', 'strong')}${column.rows('link', 3, (r) => r.sampleText('link', 'topic', 'muted tiny'))}</div>`)}</footer>`,
};

export const NAVIGATION = {
  'app-bar': appBar,
  breadcrumbs,
  tabs,
  segmented,
  stepper,
  'search-bar': searchBar,
  chips,
  pagination,
  footer,
} as const satisfies Record<string, Component>;

/** Main navigation: a bar at the bottom of a phone, or a rail, sidebar or top bar on a wide screen. */
export function places(s: Scope, classes: string, withLabels: boolean): string {
  const roles = ['home', 'search', 'calendar', 'message', 'user', 'bar-chart', 'folder', 'settings'] as const;
  const keys = ['home', 'search', 'calendar', 'messages', 'profile', 'reports', 'files', 'settings'] as const;
  return `<nav class="${classes}">${s.rows('place', classes.includes('tab-bar') ? 5 : 8, (r, n) => {
    const [role, key] = [roles[n] ?? 'star', keys[n] ?? 'favourites'];
    return r.control(
      'place',
      n === 0 ? 'place on' : 'place',
      r.icon('icon', role) + (withLabels ? r.label('name', key) : ''),
    );
  })}</nav>`;
}
