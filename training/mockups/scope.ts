import { edited } from './edit.js';
import { iconSvg } from './icons/icons.js';
import type { ImageKind, Images } from './images/images.js';
import { type Random, random } from './random.js';
import type { Style } from './style.js';
import { label, sampleText, type TextKind } from './texts/texts.js';

/** Type of an element: `data-type` in the page, `type` in a set. */
export type ElementType = 'text' | 'icon' | 'image' | 'box' | 'control';

/**
 * Namespace in which a component writes its parts. The id of a part is the scope's id and its own name, and seeds its content.
 * So a part has the same id on both sides of a pair, wherever it is placed.
 */
export class Scope {
  constructor(
    readonly id: string,
    readonly style: Style,
    private readonly images: Images,
  ) {}

  /** A nested scope. */
  inner(name: string): Scope {
    return new Scope(`${this.id}.${name}`, this.style, this.images);
  }

  /** Random numbers that depend on the content: charts, ratings, online status. */
  content(name: string): Random {
    return random(this.style.contentSeed, this.id, name);
  }

  /** Random numbers that are equal on both sides of a pair: number of rows, choice of icon. */
  fixed(name: string): Random {
    return random('fixed', this.id, name);
  }

  /** A random arrangement of a component, which may differ between styles. */
  arrangement<T>(component: string, choices: readonly T[]): T {
    return random(this.style.arrangementSeed, component).pick(choices);
  }

  /** A text generated from the content seed. */
  sampleText(name: string, kind: TextKind, classes = '', tag = 'span'): string {
    return this.text(
      name,
      sampleText(kind, this.style.locale, `${this.style.contentSeed}/${this.id}.${name}`),
      classes,
      tag,
    );
  }

  /** A fixed text of the interface. */
  label(name: string, key: string, classes = '', tag = 'span'): string {
    return this.text(name, label(this.style.locale, key), classes, tag);
  }

  text(name: string, text: string, classes = '', tag = 'span'): string {
    return `<${tag} ${this.mark(name, 'text')} class="${classes}">${escaped(text)}</${tag}>`;
  }

  icon(name: string, role: string, classes = ''): string {
    const attributes = `${this.mark(name, 'icon')} data-same="${this.style.icons}:${role}" class="icon ${classes}"`;
    return iconSvg(this.style.icons, role, attributes);
  }

  image(name: string, kind: ImageKind, classes = ''): string {
    const file = this.images.pick(kind, random(this.style.contentSeed, this.id, name));
    return `<span ${this.mark(name, 'image')} data-same="${file}" class="picture ${kind} ${classes}"><img src="${file}"></span>`;
  }

  box(name: string, classes: string, html: string, style = ''): string {
    return `<div ${this.mark(name, 'box')} class="${classes}" style="${style}">${html}</div>`;
  }

  control(name: string, classes: string, html = '', style = ''): string {
    return `<div ${this.mark(name, 'control')} class="${classes}" style="${style}">${html}</div>`;
  }

  /** Attributes that make a DOM element an element of the set. */
  mark(name: string, type: ElementType): string {
    return `data-id="${this.id}.${name}" data-type="${type}"`;
  }

  /** Repeated parts, after edits. `draw` receives the scope of each part and its original index. */
  rows(name: string, count: number, draw: (row: Scope, n: number) => string): string {
    const numbers = edited(this.style.edit, `${this.id}.${name}`, count);
    return numbers.map((n) => draw(this.inner(`${name}${n}`), n)).join('');
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
