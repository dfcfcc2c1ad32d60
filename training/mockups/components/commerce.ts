import type { Component } from './component.js';
import { button, field, heading, iconButton, stars } from './parts.js';

const productGrid: Component = {
  columns: 12,
  draw: (s) => {
    const kind = s.fixed('kind').pick(['object', 'photo'] as const);
    const foot = s.arrangement('product-grid', ['button', 'stars', 'heart']);
    const columns = s.style.form === 'phone' ? 2 : 4;
    return `<section>${heading(s, s.fixed('key').pick(['products', 'recommended', 'popular']))}<div class="grid g${columns}">${s.rows('product', s.fixed('n').whole(3, 6) + columns - 2, (r) => r.box('card', 'card product col', `${r.image('picture', kind, 'cover')}${r.sampleText('name', 'product', 'strong clip')}<div class="row between">${r.sampleText('price', 'price', 'price')}${foot === 'heart' ? r.icon('heart', 'heart') : foot === 'stars' ? r.sampleText('rating', 'rating', 'muted tiny') : iconButton(r, 'add', 'plus', 'filled')}</div>${foot === 'stars' ? stars(r, 'star') : ''}`))}</div></section>`;
  },
};

const productDetail: Component = {
  columns: 8,
  draw: (s) =>
    s.box(
      'card',
      `card detail ${s.style.form === 'phone' ? 'col' : 'row top'}`,
      `${s.image('picture', 'object', 'cover grow')}<div class="col grow">${s.sampleText('name', 'product', 'title', 'h2')}<div class="row">${stars(s, 'star')}${s.sampleText('reviews', 'count', 'muted tiny')}</div>${s.sampleText('price', 'price', 'title price')}${s.sampleText('about', 'paragraph', 'muted')}<div class="row">${s.rows('size', 4, (r, n) => r.control('size', n === 1 ? 'chip on' : 'chip', r.text('s', ['S', 'M', 'L', 'XL'][n] ?? 'XS')))}</div><div class="row">${button(s, 'buy', 'addToCart', 'primary grow', 'cart')}${iconButton(s, 'heart', 'heart')}</div></div>`,
    ),
};

const orderSummary: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${s.label('heading', 'orders', 'heading', 'h3')}${s.rows('line', 3, (r) => `<div class="row item">${r.image('picture', 'object', 'thumb')}<div class="col grow">${r.sampleText('name', 'product', 'strong clip')}<span class="row tiny">${r.icon('less', 'minus')}${r.text('n', `${r.content('n').whole(1, 4)}`)}${r.icon('more', 'plus')}</span></div>${r.sampleText('price', 'price')}</div>`)}<hr>${(['subtotal', 'shipping', 'discount'] as const).map((key) => `<div class="row between">${s.label(key, key, 'muted')}${s.sampleText(`${key}Price`, 'price')}</div>`).join('')}<div class="row between strong">${s.label('total', 'total')}${s.sampleText('totalPrice', 'price', 'heading')}</div>${button(s, 'pay', 'checkout')}`,
    ),
};

const pricing: Component = {
  columns: 12,
  draw: (s) =>
    `<div class="grid ${s.style.form === 'phone' ? 'g1' : 'g3'} pricing">${s.rows('plan', 3, (r, n) => r.box('plan', n === 1 ? 'card col plan on' : 'card col plan', `${r.label('name', ['free', 'pro', 'business'][n] ?? 'pro', 'heading')}<div class="row">${r.sampleText('price', 'price', 'title')}${r.label('per', 'perMonth', 'muted tiny')}</div>${r.rows('gain', 4, (g) => `<div class="row">${g.icon('tick', 'check', 'accent')}${g.sampleText('what', 'topic')}</div>`)}${button(r, 'choose', 'choosePlan', n === 1 ? 'primary' : '')}`))}</div>`,
};

const cardPayment: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `<div class="row between">${s.label('heading', 'billing', 'heading', 'h3')}${s.icon('lock', 'lock', 'muted')}</div>${field(s, 'name', 'name', s.sampleText('nameValue', 'person'))}${field(s, 'number', 'total', s.text('digits', `${s.content('d').whole(4000, 4999)} •••• •••• ${s.content('e').whole(1000, 9999)}`), 'credit-card')}<div class="row">${field(s, 'date', 'date', s.text('until', `${s.content('m').whole(10, 12)} / ${s.content('y').whole(27, 32)}`))}${field(s, 'code', 'security', s.text('dots', '•••'), 'help')}</div>${button(s, 'pay', 'buyNow')}`,
    ),
};

const wallet: Component = {
  columns: 4,
  draw: (s) =>
    `<section class="col">${s.box('plate', 'plate col', `<div class="row between">${s.label('what', 'balance', 'tiny')}${s.icon('brand', 'wifi')}</div>${s.sampleText('sum', 'price', 'title')}<div class="row between">${s.text('digits', `•••• ${s.content('d').whole(1000, 9999)}`)}${s.sampleText('owner', 'person', 'tiny')}</div>`)}<div class="row between actions">${s.rows('action', 4, (r, n) => `<div class="col center">${r.control('disc', 'disc', r.icon('icon', (['send', 'download', 'credit-card', 'dots'] as const)[n] ?? 'plus'))}${r.label('name', (['transfer', 'upload', 'wallet', 'details'] as const)[n] ?? 'all', 'tiny')}</div>`)}</div></section>`,
};

const coupon: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'strip',
      'strip row',
      `${s.control('disc', 'disc', s.icon('gift', 'gift'))}<div class="col grow">${s.label('head', 'discount', 'strong')}${s.sampleText('why', 'sentence', 'tiny')}</div>${button(s, 'go', 'buyNow', '')}`,
    ),
};

const filters: Component = {
  columns: 3,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `<div class="row between">${s.label('heading', 'filters', 'heading', 'h3')}${s.icon('icon', 'filter')}</div>${s.label('price', 'price', 'strong tiny')}${s.control('slider', 'slider', `<i style="inline-size:${s.content('v').whole(20, 90)}%"></i>`)}${s.label('rating', 'rating', 'strong tiny')}${s.rows('choice', 5, (r, n) => `<div class="row">${r.control('check', n % 2 === 0 ? 'check on' : 'check')}${r.sampleText('name', 'topic', 'grow')}${r.sampleText('n', 'count', 'muted tiny')}</div>`)}${button(s, 'apply', 'done')}`,
    ),
};

const reviews: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `${heading(s, 'reviews')}${s.rows('review', 3, (r) => `<div class="col item"><div class="row">${r.image('who', 'portrait', 'avatar')}<div class="col grow">${r.sampleText('name', 'person', 'strong')}${stars(r, 'star')}</div>${r.sampleText('when', 'date', 'muted tiny')}</div>${r.sampleText('what', 'paragraph')}</div>`)}`,
    ),
};

export const COMMERCE = {
  'product-grid': productGrid,
  'product-detail': productDetail,
  'order-summary': orderSummary,
  pricing,
  'card-payment': cardPayment,
  wallet,
  coupon,
  filters,
  reviews,
} as const satisfies Record<string, Component>;
