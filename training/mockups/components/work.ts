import { LOCALES } from '../texts/locales.js';
import type { Component } from './component.js';
import { button, heading, iconButton } from './parts.js';

const calendar: Component = {
  columns: 6,
  draw: (s) => {
    const { tag } = LOCALES[s.style.locale];
    const month = s.content('month').whole(0, 11);
    const first = new Date(Date.UTC(2026, month, 1)).getUTCDay();
    const days = new Date(Date.UTC(2026, month + 1, 0)).getUTCDate();
    const name = new Date(Date.UTC(2026, month, 15)).toLocaleDateString(tag, {
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    });
    const heads = Array.from({ length: 7 }, (_, n) =>
      s.text(
        `head${n}`,
        new Date(Date.UTC(2026, 1, 1 + n)).toLocaleDateString(tag, { weekday: 'narrow', timeZone: 'UTC' }),
        'muted tiny',
      ),
    );
    const cells = Array.from({ length: first + days }, (_, n) => {
      const day = n - first + 1;
      if (day < 1) return '<span></span>';
      const state = s.content(`day${day}`).next();
      return s.control(
        `day${n}`,
        state < 0.06 ? 'day on' : state < 0.25 ? 'day busy' : 'day',
        s.text(`number${n}`, `${day}`),
      );
    });
    return s.box(
      'card',
      'card col',
      `<div class="row between">${iconButton(s, 'back', 'arrow-left', 'flip')}${s.text('month', name, 'heading')}${iconButton(s, 'next', 'arrow-right', 'flip')}</div><div class="grid g7 calendar">${heads.join('')}${cells.join('')}</div>`,
    );
  },
};

const agenda: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      heading(s, 'today') +
        s.rows(
          'event',
          4,
          (r, n) =>
            `<div class="row top item">${r.sampleText('at', 'time', 'muted tiny')}${r.box('event', `event tone${n % 4} grow col`, `${r.sampleText('what', 'topic', 'strong')}${r.sampleText('where', 'city', 'tiny')}`)}</div>`,
        ),
    ),
};

const weekGrid: Component = {
  columns: 8,
  forms: ['tablet', 'desktop'],
  draw: (s) => {
    const days = Array.from({ length: 5 }, (_, day) => {
      const events = [0, 1, 2].map((n) => {
        const c = s.content(`e${day}.${n}`);
        return s.box(
          `event${day}-${n}`,
          `event tone${c.whole(0, 3)}`,
          s.sampleText(`what${day}-${n}`, 'topic', 'tiny'),
          `top:${n * 33 + c.whole(0, 8)}%;block-size:${c.whole(14, 24)}%`,
        );
      });
      return `<div class="week-day">${s.sampleText(`day${day}`, 'day', 'tiny strong')}<div class="week-slots">${events.join('')}</div></div>`;
    });
    return s.box(
      'card',
      'card col',
      `${heading(s, 'calendar', false)}<div class="row top week">${days.join('')}</div>`,
    );
  },
};

const CODE = [
  ['k', 'import', '', ' { createServer } ', 'k', 'from', 's', " 'node:http'"],
  ['k', 'const', '', ' port = ', 'n', '8080', '', ';'],
  ['c', '// every request gets the same answer'],
  ['k', 'const', '', ' server = ', 'f', 'createServer', '', '((request, response) => {'],
  ['', '  response.', 'f', 'writeHead', '', '(', 'n', '200', '', ');'],
  ['k', '  if', '', ' (request.url === ', 's', "'/health'", '', ') {'],
  ['k', '    return', '', ' response.', 'f', 'end', '', '(', 's', "'ok'", '', ');'],
  ['', '  }'],
  ['', '  response.', 'f', 'end', '', '(', 'f', 'render', '', '(request));'],
  ['', '});'],
  ['', 'server.', 'f', 'listen', '', '(port);'],
  ['k', 'export', '', ' { server };'],
] as const;

const code: Component = {
  columns: 6,
  draw: (s) => {
    const from = s.content('from').whole(0, 3);
    const lines = s.rows('line', s.fixed('n').whole(6, 9), (r, n) => {
      const tokens = CODE[(n + from) % CODE.length] ?? CODE[0];
      const spans = tokens.flatMap((kind, at) =>
        at % 2 === 0 ? [`<b class="${kind}">${tokens[at + 1] ?? ''}</b>`] : [],
      );
      return `<div class="row line">${r.text('n', `${n + 1}`, 'faint num')}<span ${r.mark('code', 'text')}>${spans.join('')}</span></div>`;
    });
    return s.box(
      'card',
      'card code',
      `<div class="row tabs">${s.control('tab', 'tab on', s.icon('file', 'code') + s.text('name', 'server.ts'))}${s.control('tab2', 'tab', s.text('name2', 'render.ts'))}</div>${lines}`,
    );
  },
};

const log: Component = {
  columns: 6,
  forms: ['tablet', 'desktop'],
  draw: (s) =>
    s.box(
      'card',
      'card code',
      `<div class="row">${s.icon('icon', 'terminal')}${s.label('head', 'recent', 'strong')}</div>${s.rows('line', 6, (r) => `<div class="row line">${r.sampleText('at', 'time', 'faint')}${r.text('level', r.content('l').pick(['INFO', 'WARN', 'DEBUG']), 'accent')}${r.sampleText('what', 'sentence', 'clip')}</div>`)}`,
    ),
};

const dialog: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'dialog',
      'card col dialog',
      `<div class="row between">${s.label('head', 'confirmTitle', 'heading', 'h3')}${s.icon('close', 'x')}</div>${s.sampleText('what', 'sentence', 'muted')}<div class="row end">${button(s, 'no', 'cancel', '')}${button(s, 'yes', s.fixed('yes').pick(['delete', 'continue', 'save']))}</div>`,
    ),
};

const alert: Component = {
  columns: 12,
  draw: (s) =>
    s.box(
      'alert',
      `alert row tone${s.fixed('tone').whole(0, 3)}`,
      `${s.icon('icon', s.fixed('icon').pick(['info', 'alert', 'check', 'zap']))}<div class="col grow">${s.sampleText('what', 'sentence')}</div>${s.icon('close', 'x')}`,
    ),
};

const emptyState: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col center',
      `${s.image('picture', 'object', 'thumb large')}${s.label('head', 'emptyTitle', 'heading')}${s.sampleText('about', 'sentence', 'muted')}${button(s, 'go', 'getStarted', 'primary', 'plus')}`,
    ),
};

const profile: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col center profile',
      `${s.image('banner', 'photo', 'cover wide')}${s.image('face', 'portrait', 'avatar large')}${s.sampleText('name', 'person', 'title', 'h2')}${s.sampleText('handle', 'username', 'muted')}<div class="row between wide">${(['projects', 'favourites', 'reviews'] as const).map((key) => `<div class="col center">${s.sampleText(`${key}N`, 'count', 'strong')}${s.label(key, key, 'muted tiny')}</div>`).join('')}</div>${button(s, 'follow', 'follow', 'primary', 'plus')}`,
    ),
};

const quickActions: Component = {
  columns: 6,
  draw: (s) =>
    `<div class="grid g4 actions">${s.rows('action', 8, (r) => `<div class="col center">${r.control('disc', s.arrangement('quick', ['disc', 'tile']), r.icon('icon', r.fixed('i').pick(['truck', 'coffee', 'bed', 'airplane', 'gift', 'music', 'book', 'dumbbell', 'cart', 'heart'])))}${r.sampleText('name', 'topic', 'tiny clip narrow')}</div>`)}</div>`,
};

const ticket: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'ticket',
      'card ticket col',
      `<div class="row between"><div class="col">${s.sampleText('from', 'city', 'heading')}${s.sampleText('start', 'time', 'muted tiny')}</div>${s.icon('plane', 'airplane', 'accent big')}<div class="col">${s.sampleText('to', 'city', 'heading')}${s.sampleText('end', 'time', 'muted tiny')}</div></div><hr class="dashed"><div class="row between">${(['date', 'name', 'price'] as const).map((key) => `<div class="col">${s.label(key, key, 'muted tiny')}${s.sampleText(`${key}Value`, key === 'price' ? 'price' : key === 'date' ? 'date' : 'person', 'strong')}</div>`).join('')}</div>`,
    ),
};

const toolbar: Component = {
  columns: 12,
  forms: ['tablet', 'desktop'],
  draw: (s) =>
    s.box(
      'bar',
      'card row toolbar',
      `${s.rows('tool', 8, (r) => iconButton(r, 'tool', r.fixed('i').pick(['edit', 'trash', 'link', 'image', 'layers', 'grid', 'code', 'tag', 'paperclip', 'eye', 'download', 'lock'])))}<span class="grow"></span>${button(s, 'share', 'share', '', 'share')}${button(s, 'done', 'done')}`,
    ),
};

export const WORK = {
  calendar,
  agenda,
  'week-grid': weekGrid,
  code,
  log,
  dialog,
  alert,
  'empty-state': emptyState,
  profile,
  'quick-actions': quickActions,
  ticket,
  toolbar,
} as const satisfies Record<string, Component>;
