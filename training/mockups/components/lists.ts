import type { Scope } from '../scope.js';
import type { Component } from './component.js';
import { checkbox, heading, iconButton, progress, statusBadge, toggle } from './parts.js';

function card(s: Scope, html: string, classes = ''): string {
  return s.box('card', `card ${classes}`, html);
}

const list: Component = {
  columns: 6,
  draw: (s) => {
    const lead = s.arrangement('list', ['thumb', 'avatar', 'icon']);
    return card(
      s,
      heading(s, s.fixed('key').pick(['recent', 'popular', 'newest', 'favourites'])) +
        s.rows('item', s.fixed('n').whole(3, 6), (r) => {
          const start =
            lead === 'icon'
              ? r.control(
                  'disc',
                  'disc',
                  r.icon('icon', r.fixed('i').pick(['file', 'star', 'bell', 'gift', 'truck', 'briefcase'])),
                )
              : r.image('picture', lead === 'thumb' ? 'photo' : 'portrait', lead);
          return `<div class="row item">${start}<div class="col grow">${r.sampleText('title', 'product', 'strong clip')}${r.sampleText('sub', 'sentence', 'muted tiny clip')}</div>${r.sampleText('end', 'time', 'muted tiny')}</div>`;
        }),
      'list',
    );
  },
};

const contacts: Component = {
  columns: 4,
  draw: (s) =>
    card(
      s,
      heading(s, 'team') +
        s.rows(
          'person',
          s.fixed('n').whole(4, 7),
          (r) =>
            `<div class="row item">${r.image('face', 'portrait', 'avatar')}<div class="col grow">${r.sampleText('name', 'person', 'strong clip')}${r.sampleText('at', 'city', 'muted tiny')}</div>${iconButton(r, 'call', r.fixed('call').pick(['phone', 'message', 'mail']))}</div>`,
        ),
      'list',
    ),
};

const SETTINGS = [
  ['user', 'profile'],
  ['bell', 'notifications'],
  ['shield', 'security'],
  ['lock', 'privacy'],
  ['globe', 'language'],
  ['moon', 'appearance'],
  ['cloud', 'storage'],
  ['wifi', 'network'],
  ['help', 'help'],
] as const;

const settings: Component = {
  columns: 6,
  draw: (s) =>
    card(
      s,
      s.label('heading', 'settings', 'heading', 'h3') +
        s.rows('setting', s.fixed('n').whole(5, 8), (r, n) => {
          const [role, key] = SETTINGS[n % SETTINGS.length] ?? SETTINGS[0];
          const end = r.fixed('end').chance(0.4) ? toggle(r, 'switch') : r.icon('go', 'chevron-right', 'muted flip');
          return `<div class="row item">${r.control('disc', 'disc', r.icon('icon', role))}${r.label('name', key, 'grow')}${end}</div>`;
        }),
      'list',
    ),
};

const todo: Component = {
  columns: 4,
  draw: (s) =>
    card(
      s,
      heading(s, 'tasks') +
        s.rows(
          'task',
          s.fixed('n').whole(4, 6),
          (r) =>
            `<div class="row item">${checkbox(r, 'done')}${r.sampleText('what', 'sentence', 'grow clip')}${r.sampleText('due', 'day', 'badge')}</div>`,
        ),
      'list',
    ),
};

const activity: Component = {
  columns: 4,
  draw: (s) =>
    card(
      s,
      heading(s, 'recent') +
        s.rows(
          'event',
          4,
          (r) =>
            `<div class="row item top">${r.image('who', 'portrait', 'avatar')}<div class="col grow">${r.sampleText('name', 'person', 'strong')}${r.sampleText('what', 'sentence', 'tiny')}${r.sampleText('when', 'time', 'muted tiny')}</div></div>`,
        ),
      'list',
    ),
};

const timeline: Component = {
  columns: 6,
  draw: (s) =>
    card(
      s,
      heading(s, 'delivery', false) +
        s.rows(
          'stop',
          4,
          (r) =>
            `<div class="row item top stop">${r.control('dot', 'dot', r.icon('icon', r.fixed('i').pick(['truck', 'check', 'home', 'map-pin'])))}<div class="col grow">${r.sampleText('where', 'city', 'strong')}${r.sampleText('what', 'sentence', 'muted tiny')}</div>${r.sampleText('when', 'time', 'tiny')}</div>`,
        ),
      'timeline',
    ),
};

const fileList: Component = {
  columns: 6,
  draw: (s) =>
    card(
      s,
      heading(s, 'files') +
        s.rows(
          'file',
          s.fixed('n').whole(4, 6),
          (r) =>
            `<div class="row item">${r.icon('icon', r.fixed('i').pick(['folder', 'file', 'image', 'music']), 'accent big')}<div class="col grow">${r.sampleText('name', 'product', 'strong clip')}${r.sampleText('when', 'date', 'muted tiny')}</div>${r.sampleText('size', 'count', 'muted tiny')}${r.icon('more', 'dots', 'muted')}</div>`,
        ),
      'list',
    ),
};

const table: Component = {
  columns: 8,
  forms: ['tablet', 'desktop'],
  draw: (s) => {
    const cells = s.arrangement('table', ['check', 'face']);
    const head = ['name', 'date', 'status', 'amount']
      .map((key) => `<th>${s.label(`head-${key}`, key, 'muted tiny')}</th>`)
      .join('');
    const rows = s.rows(
      'row',
      s.fixed('n').whole(5, 9),
      (r) =>
        `<tr><td>${cells === 'check' ? checkbox(r, 'pick') : r.image('face', 'portrait', 'avatar small')}</td><td>${r.sampleText('name', 'person', 'strong')}</td><td>${r.sampleText('date', 'date')}</td><td>${statusBadge(r)}</td><td class="num">${r.sampleText('amount', 'price')}</td></tr>`,
    );
    return card(
      s,
      `${heading(s, s.fixed('key').pick(['orders', 'customers', 'billing']))}<table><tr><th></th>${head}</tr>${rows}</table>`,
      'table',
    );
  },
};

const kanban: Component = {
  columns: 12,
  forms: ['tablet', 'desktop'],
  draw: (s) =>
    `<div class="row top kanban">${s.rows('lane', 4, (lane, n) => lane.box('lane', 'lane col', `<div class="row between">${lane.label('name', ['todo', 'inProgress', 'review', 'done'][n] ?? 'all', 'strong')}${lane.text('n', `${lane.content('n').whole(1, 12)}`, 'badge')}</div>${lane.rows('task', lane.fixed('n').whole(2, 3), (r) => r.box('card', 'card col', `${r.sampleText('tag', 'topic', 'chip tiny')}${r.sampleText('what', 'sentence')}<div class="row between">${r.image('who', 'portrait', 'avatar small')}<span class="row muted tiny">${r.icon('talk', 'message')}${r.sampleText('due', 'day')}</span></div>`))}`))}</div>`,
};

const progressList: Component = {
  columns: 4,
  draw: (s) =>
    card(
      s,
      heading(s, s.fixed('key').pick(['projects', 'storage', 'growth'])) +
        s.rows(
          'part',
          4,
          (r) =>
            `<div class="col item"><div class="row between">${r.sampleText('name', 'topic')}${r.sampleText('share', 'percent', 'muted tiny')}</div>${progress(r, 'bar')}</div>`,
        ),
    ),
};

const inbox: Component = {
  columns: 6,
  draw: (s) =>
    card(
      s,
      heading(s, 'messages') +
        s.rows(
          'mail',
          s.fixed('n').whole(4, 6),
          (r) =>
            `<div class="row item top">${r.image('who', 'portrait', 'avatar')}<div class="col grow"><div class="row between">${r.sampleText('from', 'person', 'strong clip')}${r.sampleText('when', 'time', 'muted tiny')}</div>${r.sampleText('about', 'topic')}${r.sampleText('start', 'sentence', 'muted tiny clip')}</div>${r.icon('star', 'star', 'muted')}</div>`,
        ),
      'list',
    ),
};

const accordion: Component = {
  columns: 6,
  draw: (s) =>
    card(
      s,
      s.label('heading', 'help', 'heading', 'h3') +
        s.rows(
          'question',
          4,
          (r, n) =>
            `<div class="col item"><div class="row between">${r.sampleText('q', 'sentence', 'strong')}${r.icon('open', n === 0 ? 'minus' : 'plus')}</div>${n === 0 ? r.sampleText('a', 'paragraph', 'muted') : ''}</div>`,
        ),
    ),
};

export const LISTS = {
  list,
  contacts,
  settings,
  todo,
  activity,
  timeline,
  'file-list': fileList,
  table,
  kanban,
  'progress-list': progressList,
  inbox,
  accordion,
} as const satisfies Record<string, Component>;
