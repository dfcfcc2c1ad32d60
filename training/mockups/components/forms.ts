import type { Component } from './component.js';
import { button, checkbox, field, iconButton, toggle } from './parts.js';

const form: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${s.label('heading', 'profile', 'heading', 'h3')}${s.style.form === 'phone' ? field(s, 'first', 'firstName', s.sampleText('firstValue', 'person')) : `<div class="row">${field(s, 'first', 'firstName', s.sampleText('firstValue', 'person'))}${field(s, 'last', 'lastName', s.sampleText('lastValue', 'person'))}</div>`}${field(s, 'email', 'email', s.sampleText('emailValue', 'username'), 'mail')}${field(s, 'city', 'city', s.sampleText('cityValue', 'city') + s.icon('open', 'chevron-down', 'muted end'))}${field(s, 'company', 'company', s.sampleText('companyValue', 'company', 'clip'))}<div class="row">${toggle(s, 'news')}${s.label('newsLabel', 'notifications', 'grow')}</div><div class="row end">${button(s, 'cancel', 'cancel', '')}${button(s, 'save', 'save')}</div>`,
    ),
};

const login: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col login',
      `${s.control('logo', 'disc filled', s.icon('logoIcon', s.fixed('logo').pick(['zap', 'layers', 'coffee', 'shield'])))}${s.label('heading', 'signIn', 'title', 'h2')}${s.sampleText('about', 'sentence', 'muted')}${field(s, 'email', 'email', s.sampleText('emailValue', 'username'), 'mail')}${field(s, 'password', 'password', s.text('dots', '••••••••') + s.icon('eye', 'eye', 'muted end'), 'lock')}<div class="row between tiny"><span class="row">${checkbox(s, 'remember')}${s.label('rememberLabel', 'remember')}</span>${s.label('forgot', 'forgot', 'link')}</div>${button(s, 'go', 'signIn')}${button(s, 'new', 'signUp', '')}`,
    ),
};

const onboarding: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col center onboarding',
      `${s.image('picture', 'object', 'cover')}${s.sampleText('head', 'sentence', 'title', 'h2')}${s.sampleText('about', 'sentence', 'muted')}<div class="row dots">${Array.from({ length: 4 }, (_, n) => s.control(`dot${n}`, n === 1 ? 'page-dot on' : 'page-dot')).join('')}</div>${button(s, 'go', 'continue')}${s.label('skip', 'skip', 'link')}`,
    ),
};

const upload: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'zone',
      'dropzone col center',
      `${s.icon('cloud', 'upload', 'huge accent')}${s.label('head', 'upload', 'strong')}${s.sampleText('about', 'sentence', 'muted tiny')}${button(s, 'pick', 'files', '')}`,
    ),
};

const comments: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${s.label('heading', 'reviews', 'heading', 'h3')}${s.rows('comment', 2, (r) => `<div class="row top item">${r.image('who', 'portrait', 'avatar')}<div class="col grow">${r.sampleText('name', 'person', 'strong')}${r.sampleText('what', 'paragraph')}</div></div>`)}${s.control('area', 'input area', s.label('hint', 'message', 'muted'))}<div class="row between"><span class="row muted">${s.icon('clip', 'paperclip')}${s.icon('smile', 'smile')}${s.icon('image', 'image')}</span>${button(s, 'send', 'done', 'primary', 'send')}</div>`,
    ),
};

const chat: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col chat',
      `<div class="row">${s.image('who', 'portrait', 'avatar')}<div class="col grow">${s.sampleText('name', 'person', 'strong')}${s.label('status', 'active', 'muted tiny')}</div>${s.icon('call', 'phone')}</div>${s.rows('message', 5, (r, n) => `<div class="row ${n % 2 === 0 ? '' : 'mine'}">${r.box('bubble', n % 2 === 0 ? 'bubble col' : 'bubble mine col', `${r.sampleText('what', 'sentence')}${r.sampleText('when', 'time', 'tiny faint')}`)}</div>`)}<div class="row">${s.icon('plus', 'plus')}${s.control('input', 'input row grow', s.label('hint', 'message', 'muted'))}${iconButton(s, 'send', 'send', 'filled')}</div>`,
    ),
};

const keypad: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col center',
      `${s.label('what', 'transfer', 'muted')}${s.sampleText('sum', 'price', 'giant')}<div class="grid g3 keypad">${Array.from({ length: 12 }, (_, n) => s.control(`key${n}`, 'key', n === 11 ? s.icon('back', 'x') : s.text(`digit${n}`, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0'][n] ?? '', 'heading'))).join('')}</div>${button(s, 'go', 'continue')}`,
    ),
};

const quantity: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${s.label('heading', 'bookNow', 'heading', 'h3')}<div class="row">${field(s, 'from', 'date', s.sampleText('fromValue', 'date'), 'calendar')}${field(s, 'to', 'date', s.sampleText('toValue', 'date'), 'calendar')}</div>${s.rows('guest', 3, (r) => `<div class="row item">${r.icon('icon', r.fixed('i').pick(['user', 'users', 'bed', 'briefcase']))}${r.sampleText('who', 'topic', 'grow')}${iconButton(r, 'less', 'minus')}${r.text('n', `${r.content('n').whole(0, 6)}`)}${iconButton(r, 'more', 'plus')}</div>`)}${button(s, 'go', 'bookNow')}`,
    ),
};

const preferences: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${s.label('heading', 'notifications', 'heading', 'h3')}${s.rows('choice', 4, (r) => `<div class="row item top"><div class="col grow">${r.sampleText('name', 'topic', 'strong')}${r.sampleText('about', 'sentence', 'muted tiny')}</div>${toggle(r, 'switch')}</div>`)}`,
    ),
};

const sliders: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${s.label('heading', 'sound', 'heading', 'h3')}${s.rows('slider', 3, (r) => `<div class="row item">${r.icon('icon', r.fixed('i').pick(['sun', 'music', 'mic', 'bell']))}${r.control('slider', 'slider grow', `<i style="inline-size:${r.content('v').whole(15, 90)}%"></i>`)}${r.text('value', `${r.content('v').whole(15, 90)}`, 'tiny num')}</div>`)}`,
    ),
};

export const FORMS = {
  form,
  login,
  onboarding,
  upload,
  comments,
  chat,
  keypad,
  quantity,
  preferences,
  sliders,
} as const satisfies Record<string, Component>;
