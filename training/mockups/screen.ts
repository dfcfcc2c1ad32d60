import { COMPONENT_IDS, COMPONENTS, type ComponentId } from './components/components.js';
import { places } from './components/navigation.js';
import { iconButton } from './components/parts.js';
import { edited } from './edit.js';
import { filledRows, GRID_COLUMNS } from './filled-rows.js';
import type { Images } from './images/images.js';
import { type Random, random } from './random.js';
import { Scope } from './scope.js';
import { HELD_OUT, type Split } from './split.js';
import type { Style } from './style.js';
import { LOCALES } from './texts/locales.js';

/** Sections of a screen, without a style. */
export interface Screen {
  id: string;
  sections: readonly ComponentId[];
  /** Sections that edits insert, in turn. */
  spare: readonly ComponentId[];
  statusBar: boolean;
  actionButton: boolean;
}

const SECTIONS = { fewest: 6, most: 11 };
/** A bar that the screen already has elsewhere. */
const NOT_AMONG_SECTIONS: readonly ComponentId[] = ['app-bar', 'dialog'];

/** Validation uses mostly held-out components, training only the others. */
export function sampleScreen(id: string, split: Split, rng: Random): Screen {
  const heldOut: readonly string[] = HELD_OUT.components;
  const usual = COMPONENT_IDS.filter((c) => !heldOut.includes(c) && !NOT_AMONG_SECTIONS.includes(c));
  const unseen = COMPONENT_IDS.filter((c) => heldOut.includes(c));
  const count = rng.whole(SECTIONS.fewest, SECTIONS.most);
  const mixed = rng.shuffled(usual);
  const sections =
    split === 'train'
      ? mixed.slice(0, count)
      : rng.shuffled([...rng.shuffled(unseen).slice(0, count - 1), ...mixed.slice(0, 1)]);
  return {
    id,
    sections,
    spare: split === 'train' ? mixed.slice(count, count + 6) : rng.shuffled(unseen),
    statusBar: rng.chance(0.6),
    actionButton: rng.chance(0.25),
  };
}

/** HTML of a screen: one element `#device` with the style's width and height. */
export function screenHtml(screen: Screen, style: Style, dialog: boolean, images: Images): string {
  const root = new Scope(screen.id, style, images);
  const body = style.form === 'phone' ? narrowShell(screen, root) : wideShell(screen, root);
  const sheet = style.form === 'phone' ? root.arrangement('dialog', ['', 'sheet']) : '';
  const overlay = dialog
    ? `<div class="scrim" data-through></div><div class="overlay ${sheet}" data-through>${COMPONENTS.dialog.draw(root.inner('dialog'))}</div>`
    : '';
  const { direction } = LOCALES[style.locale];
  return `<div id="device" dir="${direction}" class="${style.form}" style="width:${style.width}px;height:${style.height}px">${body}${overlay}</div>`;
}

/** Sections of a screen that fit the style's form, after edits. */
export function sectionsOf(screen: Screen, style: Style): { n: number; id: ComponentId }[] {
  return edited(style.edit, `${screen.id}.sections`, screen.sections.length)
    .map((n) => ({ n, id: screen.sections[n] ?? screen.spare[n % screen.spare.length] ?? 'alert' }))
    .filter(({ id }) => COMPONENTS[id].forms?.includes(style.form) ?? true);
}

function sections(screen: Screen, root: Scope): string {
  const shown = sectionsOf(screen, root.style);
  const spans = filledRows(shown.map(({ id }) => columnsOf(root.style, id)));
  return shown
    .map(({ n, id }, at) => {
      const html = COMPONENTS[id].draw(root.inner(`${id}${n}`));
      return `<div class="section" style="grid-column:span ${spans[at]}">${html}</div>`;
    })
    .join('');
}

function columnsOf({ form }: Style, id: ComponentId): number {
  const { columns } = COMPONENTS[id];
  if (form === 'phone') return GRID_COLUMNS;
  return form === 'tablet' && columns < 6 ? 6 : columns;
}

function narrowShell(screen: Screen, root: Scope): string {
  const status = screen.statusBar
    ? `<div class="row status-bar">${root.sampleText('clock', 'time')}<span class="row">${root.icon('wifi', 'wifi')}${root.icon('battery', 'battery')}</span></div>`
    : '';
  const fab = screen.actionButton ? root.control('fab', 'fab', root.icon('fabIcon', 'plus')) : '';
  return `<div class="page">${status}${COMPONENTS['app-bar'].draw(root.inner('bar'))}
<div class="scroller"><main class="main">${sections(screen, root)}</main></div>
${places(root.inner('nav'), 'tab-bar', random('labels', screen.id).chance(0.8))}${fab}</div>`;
}

function wideShell(screen: Screen, root: Scope): string {
  const shell = root.arrangement('shell', ['side', 'side', 'rail', 'top']);
  const main = `<div class="scroller"><main class="main">${sections(screen, root)}</main></div>`;
  const bar = `${COMPONENTS['app-bar'].draw(root.inner('bar'))}`;
  const nav = root.inner('nav');
  if (shell === 'top') {
    return `<div class="page"><div class="row top-nav">${brand(root, true)}${places(nav, 'row grow', true)}${iconButton(root, 'bell', 'bell')}</div>${bar}${main}</div>`;
  }
  const rail = shell === 'rail';
  return `<div class="wide-screen"><aside class="side-nav ${rail ? 'rail' : ''}">${brand(root, !rail)}${places(nav, 'col', !rail)}</aside><div class="page">${bar}${main}</div></div>`;
}

function brand(root: Scope, named: boolean): string {
  const mark = root.control(
    'logo',
    'disc filled',
    root.icon('logoIcon', root.fixed('logo').pick(['zap', 'layers', 'coffee', 'shield', 'globe', 'star'])),
  );
  return `<div class="row brand">${mark}${named ? root.sampleText('brand', 'company', 'strong clip') : ''}</div>`;
}
