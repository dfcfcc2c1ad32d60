import { type IconName, icon, landscape, portrait } from './draw.js';
import { TEXTS, type Texts } from './texts.js';

/** What varies between the versions of a screen. */
export interface Version {
  language: keyof typeof TEXTS;
  theme: 'light' | 'dark';
  /** A later design of the same screen. */
  isNew?: boolean;
}

/** Attributes that make an element a layer of the sample's layer lists. */
function layer(name: string, type: 'FRAME' | 'TEXT' | 'RECTANGLE' | 'VECTOR' | 'INSTANCE' = 'FRAME'): string {
  return `data-layer="${name}" data-type="${type}"`;
}

function text(name: string, content: string, attributes = ''): string {
  return `<span ${layer(name, 'TEXT')} ${attributes}>${content}</span>`;
}

function glyph(name: IconName, px?: number): string {
  return icon(name, px, layer(`Icon / ${name}`, 'VECTOR'));
}

/** The first screen of the app: a trail of the day, trails nearby, and the week's distance. */
export function homeScreen({ language, theme }: Version): string {
  const t = TEXTS[language];
  return page(
    theme,
    `<header class="row" ${layer('Header')}><div class="grow"><h1>${text('Title', t.title)}</h1>${text('Weather', t.subtitle, 'class="soft"')}</div>
    <div class="avatar" ${layer('Avatar', 'RECTANGLE')}>${portrait()}</div></header>
    <div class="search" ${layer('Search field', 'INSTANCE')}>${glyph('search', 20)}${text('Placeholder', t.search)}</div>
    <div class="chips" ${layer('Filters')}>${t.chips.map((chip, n) => `<div class="chip${n === 0 ? ' on' : ''}" ${layer(`Chip ${n + 1}`, 'INSTANCE')}>${text('Label', chip)}</div>`).join('')}</div>
    ${hero(t)}
    <div class="head" ${layer('Section header')}><h2>${text('Section title', t.near)}</h2>${text('Link', t.all, 'class="link"')}</div>
    ${t.rows.map((row, n) => trail(row, n)).join('')}
    ${week(t)}
    ${tabs(t)}`,
  );
}

function hero(t: Texts): string {
  const facts = (['route', 'clock', 'climb'] as const).map(
    (name, n) => `<span class="fact">${glyph(name, 15)}${text(`Fact ${n + 1}`, t.heroFacts[n] ?? '')}</span>`,
  );
  return `<div class="hero" ${layer('Trail of the day', 'INSTANCE')}>${landscape('tarn', 'hero')}<div class="shade"></div>
    <div class="tag" ${layer('Tag')}>${text('Tag label', t.heroTag)}</div><div class="like" ${layer('Like button', 'INSTANCE')}>${glyph('heart', 20)}</div>
    <div class="words"><h2>${text('Trail name', t.heroTitle)}</h2><div class="facts" ${layer('Facts')}>${facts.join('')}</div></div></div>`;
}

function trail({ title, meta }: Texts['rows'][number], n: number): string {
  return `<div class="card trail" ${layer(`Trail row ${n + 1}`, 'INSTANCE')}><div class="thumb" ${layer('Picture', 'RECTANGLE')}>${landscape(n === 0 ? 'gorge' : 'dunes', `row${n}`)}</div>
    <div class="grow"><div class="title">${text('Trail name', title)}</div>${text('Details', meta, 'class="soft"')}</div>${glyph('bookmark', 20)}</div>`;
}

function week(t: Texts): string {
  const bars = [34, 18, 46, 26, 40, 8, 8].map(
    (height, n) => `<div class="bar"><i class="${n < 5 ? 'on' : ''}" style="height:${height}px"></i>${t.days[n]}</div>`,
  );
  return `<div class="card week" ${layer('Week card', 'INSTANCE')}><div class="grow"><div class="soft">${text('Card label', t.week)}</div><h1>${text('Distance', t.weekFacts[0] ?? '')}</h1>${text('Goal', t.weekFacts[1] ?? '', 'class="soft"')}</div>
    <div class="bars" ${layer('Chart', 'FRAME')}>${bars.join('')}</div></div>`;
}

function tabs(t: Texts): string {
  const items = (['house', 'map', 'bookmark', 'person'] as const).map(
    (name, n) =>
      `<div class="tab${n === 0 ? ' on' : ''}" ${layer(`Tab ${n + 1}`, 'INSTANCE')}>${glyph(name, 24)}${text('Label', t.tabs[n] ?? '')}</div>`,
  );
  return `<nav class="tabs" ${layer('Tab bar')}>${items.join('')}</nav>`;
}

/** A trail with its picture, facts and elevation. The new design changes the badge, the profile and the button. */
export function trailScreen({ language, theme, isNew = false }: Version): string {
  const t = TEXTS[language];
  const facts = (['route', 'clock', 'climb'] as const).map(
    (name, n) =>
      `<div class="card tile" ${layer(`Fact ${n + 1}`, 'INSTANCE')}>${glyph(name, 20)}<div class="title">${text('Value', t.heroFacts[n] ?? '')}</div>${text('Name', t.detail.facts[n] ?? '', 'class="soft small"')}</div>`,
  );
  return page(
    theme,
    `<div class="cover" ${layer('Cover', 'RECTANGLE')}>${landscape('tarn', 'cover')}</div>
    <div class="row over"><div class="like ink" ${layer('Back button', 'INSTANCE')}>${glyph('back', 20)}</div><div class="grow"></div><div class="like ink" ${layer('Share button', 'INSTANCE')}>${glyph('share', 20)}</div><div class="like" ${layer('Like button', 'INSTANCE')}>${glyph('heart', 20)}</div></div>
    <div class="sheet" ${layer('Sheet')}>
    <div class="row"><h1 class="grow">${text('Trail name', t.heroTitle)}</h1><div class="rating" ${layer('Rating')}>${glyph('star', 18)}${text('Stars', '4.8')}</div></div>
    <div class="badge${isNew ? ' new' : ''}" ${layer('Badge')}>${text('Badge label', t.detail.open)}</div>
    <div class="row tiles">${facts.join('')}</div>
    <h2 class="gap">${text('About', t.detail.about)}</h2><p class="soft" ${layer('Text', 'TEXT')}>${t.detail.text}</p>
    <h2 class="gap">${text('Profile', t.detail.profile)}</h2><div class="card plot" ${layer('Elevation', 'RECTANGLE')}>${profile(isNew)}</div>
    <div class="row buttons"><div class="button second" ${layer('Download button', 'INSTANCE')}>${glyph('download', 20)}${text('Label', t.detail.download)}</div><div class="button grow${isNew ? ' warm' : ''}" ${layer('Start button', 'INSTANCE')}>${text('Label', t.detail.start)}</div></div></div>`,
  );
}

function profile(isNew: boolean): string {
  const line = isNew
    ? 'M0 74C30 70 44 40 74 44S120 78 152 70 190 14 226 16 268 60 335 72'
    : 'M0 74C30 70 44 58 74 60S120 30 152 28 190 14 226 16 268 60 335 72';
  return `<svg viewBox="0 0 335 96" width="100%" height="96" preserveAspectRatio="none"><path d="M0 24H335M0 48H335M0 72H335" stroke="var(--line)"/>
    <path d="${line}V96H0Z" fill="var(--accent)" fill-opacity=".16"/><path d="${line}" fill="none" stroke="var(--accent)" stroke-width="3"/><circle cx="226" cy="16" r="6" fill="var(--warm)"/></svg>`;
}

/** The settings of the app: a list in two groups. */
export function settingsScreen({ language, theme }: Version): string {
  const t = TEXTS[language].settings;
  const icons = ['bell', 'ruler', 'download', 'moon', 'route', 'map'] as const;
  const rows = t.rows.map(
    (
      name,
      n,
    ) => `<div class="setting" ${layer(`Row ${n + 1}`, 'INSTANCE')}><div class="dot d${n}" ${layer('Icon tile', 'RECTANGLE')}>${icon(icons[n] ?? 'bell', 18)}</div>
    ${text('Name', name, 'class="grow"')}${t.values[n] === '' ? `<div class="switch${n === 3 ? '' : ' on'}" ${layer('Switch', 'INSTANCE')}><i></i></div>` : `${text('Value', t.values[n] ?? '', 'class="soft"')}${glyph('next', 16)}`}</div>`,
  );
  const group = (n: number) =>
    `<div class="group soft">${text(`Group ${n + 1}`, t.groups[n] ?? '')}</div><div class="card list" ${layer(`List ${n + 1}`)}>${rows.slice(n * 3, n * 3 + 3).join('')}</div>`;
  return page(
    theme,
    `<div class="row"><div class="like ink" ${layer('Back button', 'INSTANCE')}>${glyph('back', 20)}</div><h1 class="after">${text('Title', t.title)}</h1></div>
    <div class="card person" ${layer('Person', 'INSTANCE')}><div class="avatar" ${layer('Avatar', 'RECTANGLE')}>${portrait()}</div><div class="grow"><div class="title">${text('Person name', t.name)}</div>${text('Mail', t.mail, 'class="soft"')}</div>${glyph('next', 18)}</div>
    ${group(0)}${group(1)}<div class="button second out" ${layer('Sign out button', 'INSTANCE')}>${text('Label', t.signOut)}</div>`,
  );
}

function page(theme: Version['theme'], content: string): string {
  return `<div class="screen ${theme}">${content}</div>`;
}
