import { edited } from './edit.js';
import { iconSvg } from './icons/icons.js';
import type { Look } from './look.js';
import type { PictureKind, Pictures } from './pictures/pictures.js';
import { type Random, random } from './random.js';
import { label, type WordKind, words } from './words/words.js';

/** What can be tracked: `data-type` in the page, `type` in a set. */
export type ElementType = 'text' | 'icon' | 'image' | 'box' | 'control';

/**
 * Where a component writes its parts. Each part gets an id made of the scope's and its own name, and its content comes
 * from that id: the same part has the same id on both sides of a pair, whatever stands around it.
 */
export class Scope {
  constructor(
    readonly id: string,
    readonly look: Look,
    private readonly pictures: Pictures,
  ) {}

  /** A part with parts of its own. */
  inner(name: string): Scope {
    return new Scope(`${this.id}.${name}`, this.look, this.pictures);
  }

  /** Chance that depends on the content: charts, ratings, who is online. */
  content(name: string): Random {
    return random(this.look.contentSeed, this.id, name);
  }

  /** Chance that is the same on both sides of every pair: how many rows, which icon. */
  fixed(name: string): Random {
    return random('fixed', this.id, name);
  }

  /** One of several arrangements of a component; another language may choose another. */
  arrangement<T>(component: string, choices: readonly T[]): T {
    return random(this.look.arrangementSeed, component).pick(choices);
  }

  /** A text whose words come from the content. */
  words(name: string, kind: WordKind, classes = '', tag = 'span'): string {
    return this.text(name, words(kind, this.look.locale, `${this.look.contentSeed}/${this.id}.${name}`), classes, tag);
  }

  /** A text of the product itself, the same whatever the content is. */
  label(name: string, key: string, classes = '', tag = 'span'): string {
    return this.text(name, label(this.look.locale, key), classes, tag);
  }

  text(name: string, text: string, classes = '', tag = 'span'): string {
    return `<${tag} ${this.mark(name, 'text')} class="${classes}">${escaped(text)}</${tag}>`;
  }

  icon(name: string, role: string, classes = ''): string {
    const attributes = `${this.mark(name, 'icon')} data-same="${this.look.icons}:${role}" class="icon ${classes}"`;
    return iconSvg(this.look.icons, role, attributes);
  }

  picture(name: string, kind: PictureKind, classes = ''): string {
    const file = this.pictures.pick(kind, random(this.look.contentSeed, this.id, name));
    return `<span ${this.mark(name, 'image')} data-same="${file}" class="picture ${kind} ${classes}"><img src="${file}"></span>`;
  }

  box(name: string, classes: string, html: string, style = ''): string {
    return `<div ${this.mark(name, 'box')} class="${classes}" style="${style}">${html}</div>`;
  }

  control(name: string, classes: string, html = '', style = ''): string {
    return `<div ${this.mark(name, 'control')} class="${classes}" style="${style}">${html}</div>`;
  }

  /** The attributes that make an element of the page one of the set. */
  mark(name: string, type: ElementType): string {
    return `data-id="${this.id}.${name}" data-type="${type}"`;
  }

  /** Repeated parts: `draw` gets the scope of each, and its number as first drawn. Edits happen here. */
  rows(name: string, count: number, draw: (row: Scope, n: number) => string): string {
    const numbers = edited(this.look.edit, `${this.id}.${name}`, count);
    return numbers.map((n) => draw(this.inner(`${name}${n}`), n)).join('');
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
