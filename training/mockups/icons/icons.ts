import { readFileSync } from 'node:fs';

/** Name patterns per set, best first. All are `@iconify-json` packages; DATA.md lists their licences. */
const SPELLINGS = {
  lucide: ['*'],
  tabler: ['*'],
  bi: ['*'],
  ic: ['outline-*', 'round-*'],
  heroicons: ['*'],
  carbon: ['*'],
  iconoir: ['*'],
  ion: ['*-outline', '*'],
  ph: ['*'],
  fluent: ['*-24-regular', '*-20-regular'],
} as const satisfies Record<string, readonly string[]>;

export type IconSetId = keyof typeof SPELLINGS;
export const ICON_SETS: readonly IconSetId[] = Object.keys(SPELLINGS).filter((id): id is IconSetId => id in SPELLINGS);

const rolesFile = readFileSync(new URL('roles.json', import.meta.url), 'utf8');
/** Role → its names in the icon sets, besides the role itself. */
const ROLES = new Map<string, string[]>(Object.entries(JSON.parse(rolesFile)));
export const ICON_ROLES: readonly string[] = [...ROLES.keys()];

interface IconSet {
  icons: Record<string, { body: string; width?: number; height?: number } | undefined>;
  aliases?: Record<string, { parent: string } | undefined>;
  width?: number;
  height?: number;
}
const sets = new Map<IconSetId, IconSet>();

function iconSet(id: IconSetId): IconSet {
  let set = sets.get(id);
  if (set === undefined) {
    const read: IconSet = JSON.parse(
      readFileSync(new URL(import.meta.resolve(`@iconify-json/${id}/icons.json`)), 'utf8'),
    );
    set = read;
    sets.set(id, read);
  }
  return set;
}

/** Name of a role in a set, or undefined. */
export function iconName(id: IconSetId, role: string): string | undefined {
  const set = iconSet(id);
  const others = ROLES.get(role);
  if (others === undefined) throw new RangeError(`roles.json has no icon role "${role}"`);
  return [role, ...others]
    .flatMap((name) => SPELLINGS[id].map((spelling) => spelling.replace('*', name)))
    .map((name) => set.aliases?.[name]?.parent ?? name)
    .find((name) => set.icons[name] !== undefined);
}

/** An icon as an `<svg>` element in the surrounding text colour. */
export function iconSvg(id: IconSetId, role: string, attributes: string): string {
  const set = iconSet(id);
  const icon = set.icons[iconName(id, role) ?? ''];
  if (icon === undefined) throw new RangeError(`${id} has no icon for "${role}"`);
  const [width, height] = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16];
  return `<svg ${attributes} viewBox="0 0 ${width} ${height}">${icon.body}</svg>`;
}
