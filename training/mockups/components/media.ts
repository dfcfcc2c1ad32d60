import { random } from '../random.js';
import type { Component } from './component.js';
import { button, heading, iconButton, progress } from './parts.js';

const hero: Component = {
  columns: 12,
  draw: (s) => {
    const beside = s.style.form !== 'phone' && s.arrangement('hero', ['over', 'beside']) === 'beside';
    const words = `<div class="col hero-words">${s.sampleText('head', 'sentence', 'title', 'h1')}${s.sampleText('about', 'sentence')}<div class="row">${button(s, 'start', 'getStarted')}${button(s, 'more', 'learnMore', 'ghost')}</div></div>`;
    return s.box(
      'hero',
      `hero ${beside ? 'row beside' : 'over'}`,
      s.image('picture', 'photo', beside ? 'cover grow' : 'cover') + words,
    );
  },
};

const carousel: Component = {
  columns: 12,
  draw: (s) =>
    `<section>${heading(s, s.fixed('key').pick(['discover', 'newest', 'recommended']))}<div class="row top carousel">${s.rows('slide', s.style.form === 'phone' ? 3 : 5, (r) => r.box('slide', 'card slide col', `${r.image('picture', 'photo', 'cover')}${r.sampleText('name', 'topic', 'strong')}${r.sampleText('where', 'city', 'muted tiny')}`))}</div></section>`,
};

const cardGrid: Component = {
  columns: 12,
  draw: (s) => {
    const side = s.arrangement('card-grid', ['top', 'side']);
    const columns = s.style.form === 'phone' ? 1 : s.style.form === 'tablet' ? 2 : 3;
    return `<div class="grid g${columns}">${s.rows('card', Math.max(2, columns), (r) => r.box('card', side === 'side' ? 'card row top' : 'card col', `${r.image('picture', 'photo', side === 'side' ? 'thumb large' : 'cover')}<div class="col grow">${r.sampleText('tag', 'topic', 'accent tiny strong')}${r.sampleText('head', 'sentence', 'strong')}${r.sampleText('about', 'paragraph', 'muted tiny lines')}<div class="row between">${r.sampleText('when', 'date', 'muted tiny')}${r.icon('keep', 'bookmark')}</div></div>`))}</div>`;
  },
};

const gallery: Component = {
  columns: 6,
  draw: (s) =>
    `<section>${heading(s, 'camera')}<div class="grid g3 gallery">${s.rows('photo', s.fixed('n').pick([6, 9]), (r) => r.image('photo', 'photo', 'square'))}</div></section>`,
};

const musicPlayer: Component = {
  columns: 4,
  draw: (s) =>
    s.box(
      'card',
      'card col player',
      `${s.image('cover', 'photo', 'square')}<div class="row between"><div class="col">${s.sampleText('song', 'topic', 'heading')}${s.sampleText('artist', 'person', 'muted')}</div>${s.icon('heart', 'heart')}</div>${progress(s, 'time')}<div class="row between buttons">${s.icon('mix', 'shuffle')}${s.icon('back', 'skip-back')}${s.control('play', 'disc filled', s.icon('playIcon', s.content('p').pick(['play', 'pause'])))}${s.icon('next', 'skip-forward')}${s.icon('again', 'repeat')}</div>`,
    ),
};

const video: Component = {
  columns: 8,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `<div class="video">${s.image('still', 'photo', 'cover wide')}${s.control('play', 'disc filled over', s.icon('playIcon', 'play'))}</div>${s.sampleText('name', 'sentence', 'heading')}<div class="row">${s.image('who', 'portrait', 'avatar')}<div class="col grow">${s.sampleText('channel', 'company', 'strong')}${s.sampleText('fans', 'count', 'muted tiny')}</div>${button(s, 'follow', 'follow', '')}</div><div class="row between muted">${(['thumbs-up', 'share', 'download', 'bookmark'] as const).map((role) => s.icon(role, role)).join('')}</div>`,
    ),
};

const songs: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card list',
      heading(s, 'music') +
        s.rows(
          'song',
          5,
          (r) =>
            `<div class="row item">${r.image('cover', 'photo', 'thumb')}<div class="col grow">${r.sampleText('name', 'topic', 'strong')}${r.sampleText('artist', 'person', 'muted tiny')}</div>${r.sampleText('long', 'time', 'muted tiny num')}${r.icon('more', 'dots', 'muted')}</div>`,
        ),
    ),
};

const map: Component = {
  columns: 6,
  draw: (s) => {
    const pins = Array.from({ length: 4 }, (_, n) =>
      s.control(
        `pin${n}`,
        'pin',
        s.icon(`pinIcon${n}`, 'map-pin'),
        `left:${s.content(`x${n}`).whole(10, 85)}%;top:${s.content(`y${n}`).whole(12, 80)}%`,
      ),
    );
    return s.box(
      'card',
      'card map-card col',
      `<div class="map">${streets(s.style.contentSeed + s.id)}${pins.join('')}<div class="map-buttons col">${iconButton(s, 'in', 'plus', 'filled')}${iconButton(s, 'out', 'minus', 'filled')}</div></div><div class="row">${s.control('disc', 'disc', s.icon('truck', s.fixed('i').pick(['truck', 'airplane', 'coffee', 'bed'])))}<div class="col grow">${s.sampleText('to', 'city', 'strong')}${s.sampleText('when', 'time', 'muted tiny')}</div>${button(s, 'go', 'directions')}</div>`,
    );
  },
};

const article: Component = {
  columns: 8,
  draw: (s) =>
    s.box(
      'card',
      'card col article',
      `${s.sampleText('tag', 'topic', 'accent tiny strong')}${s.sampleText('head', 'sentence', 'title', 'h1')}<div class="row">${s.image('who', 'portrait', 'avatar')}${s.sampleText('author', 'person', 'strong')}${s.sampleText('when', 'date', 'muted tiny')}</div>${s.image('picture', 'photo', 'cover wide')}${s.sampleText('p1', 'paragraph', '', 'p')}${s.sampleText('p2', 'paragraph', '', 'p')}`,
    ),
};

const post: Component = {
  columns: 6,
  draw: (s) =>
    s.box(
      'card',
      'card col',
      `<div class="row">${s.image('who', 'portrait', 'avatar')}<div class="col grow">${s.sampleText('name', 'person', 'strong')}${s.sampleText('handle', 'username', 'muted tiny')}</div>${s.icon('more', 'dots', 'muted')}</div>${s.sampleText('what', 'paragraph')}${s.image('picture', 'photo', 'cover wide')}<div class="row between muted">${s.rows('act', 4, (r, n) => `<span class="row tiny">${r.icon('icon', (['heart', 'message', 'repeat', 'share'] as const)[n] ?? 'bookmark')}${r.sampleText('n', 'count')}</span>`)}</div>`,
    ),
};

const stories: Component = {
  columns: 6,
  draw: (s) =>
    `<div class="row top stories">${s.rows('story', 6, (r) => `<div class="col center">${r.image('face', 'portrait', 'avatar large')}${r.sampleText('name', 'username', 'tiny clip narrow')}</div>`)}</div>`,
};

/** A street map. It is no element of the set, because its streets depend on the content. */
function streets(seed: string): string {
  const rng = random('streets', seed);
  const line = (wide: number) => {
    const [x, y, turn] = [rng.whole(0, 400), rng.whole(0, 240), rng.pick([0, 90, rng.whole(-60, 60)])];
    return `<path transform="translate(${x} ${y}) rotate(${turn})" d="M-600 0 Q 0 ${rng.whole(-40, 40)} 600 0" class="street" stroke-width="${wide}"/>`;
  };
  const park = `<rect class="park" x="${rng.whole(0, 280)}" y="${rng.whole(0, 150)}" width="${rng.whole(60, 130)}" height="${rng.whole(50, 100)}" rx="8"/>`;
  const river = `<path class="river" d="M${rng.whole(-20, 120)} -20 C ${rng.whole(50, 350)} 80 ${rng.whole(50, 350)} 160 ${rng.whole(200, 420)} 270"/>`;
  const route = `<polyline class="route" points="${Array.from({ length: 4 }, (_, n) => `${60 + n * 90},${rng.whole(40, 200)}`).join(' ')}"/>`;
  return `<svg viewBox="0 0 400 240" preserveAspectRatio="xMidYMid slice">${park}${river}${Array.from({ length: 16 }, (_, n) => line(n < 4 ? 9 : 4)).join('')}${route}</svg>`;
}

export const MEDIA = {
  hero,
  carousel,
  'card-grid': cardGrid,
  gallery,
  'music-player': musicPlayer,
  video,
  songs,
  map,
  article,
  post,
  stories,
} as const satisfies Record<string, Component>;
