import type { Part, Props } from './draft.js';
import { boundPaint, type Role } from './library.js';

/** A button of the library. */
export interface Component {
  props: Props;
  /** The component properties with their defaults, as `component.<name>`. */
  properties: Props;
  hasIcon: boolean;
  ink: Role;
}

export const LABEL = 'Label#1:0';
export const SHOWS_ICON = 'Icon#1:1';

const COMPONENTS: { readonly [id: string]: Component } = {
  'C:primary': button('accent', 'onAccent', 12, true),
  'C:secondary': button('sunken', 'ink', 12, true),
  'C:danger': button('badge', 'onAccent', 24, false),
};

export const COMPONENT_IDS = Object.keys(COMPONENTS);

function button(fill: Role, ink: Role, radius: number, hasIcon: boolean): Component {
  return {
    props: {
      fills: [boundPaint(fill, 'Theme', 'light')],
      cornerRadius: radius,
      topLeftRadius: radius,
      topRightRadius: radius,
      bottomLeftRadius: radius,
      bottomRightRadius: radius,
    },
    properties: { [`component.${LABEL}`]: 'Continue', [`component.${SHOWS_ICON}`]: true },
    hasIcon,
    ink,
  };
}

export function componentOf(id: string): Component {
  const component = COMPONENTS[id];
  if (component === undefined) throw new Error(`no component ${id}`);
  return component;
}

/** The children of an instance. Their ids are `<instance>;<sublayer>`. */
export function instanceChildren(instanceId: string, { hasIcon, ink }: Component): Part[] {
  const color = [boundPaint(ink, 'Theme', 'light')];
  const icon: Part = {
    key: `${instanceId};icon`,
    type: 'VECTOR',
    name: 'Icon',
    width: 24,
    height: 24,
    props: { strokes: color, strokeWeight: 2 },
    follows: { visible: SHOWS_ICON },
  };
  const label: Part = {
    key: `${instanceId};label`,
    type: 'TEXT',
    name: 'Label',
    width: 60,
    height: 20,
    props: {
      characters: 'Continue',
      fontName: { family: 'Inter', style: 'Semi Bold' },
      fontSize: 15,
      fills: color,
    },
    follows: { characters: LABEL },
  };
  return hasIcon ? [icon, label] : [label];
}

/** An instance of a button with a label. */
export function buttonPart(key: string, componentId: string, label: string, rest: Partial<Part> = {}): Part {
  const component = componentOf(componentId);
  const children = instanceChildren(key, component).map((part) =>
    part.type === 'TEXT' ? { ...part, props: { ...part.props, characters: label } } : part,
  );
  return {
    width: 160,
    height: 44,
    ...rest,
    key,
    type: 'INSTANCE',
    name: 'Button',
    props: {
      ...component.props,
      ...component.properties,
      [`component.${LABEL}`]: label,
      mainComponent: componentId,
      layoutMode: 'HORIZONTAL',
      itemSpacing: 6,
      primaryAxisAlignItems: 'CENTER',
      counterAxisAlignItems: 'CENTER',
      ...rest.props,
    },
    children,
  };
}
