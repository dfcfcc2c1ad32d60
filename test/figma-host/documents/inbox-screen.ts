import type { Json, NodeSpec } from '../spec.js';
import { ellipse, frame, gradient, icon, rectangle, shadow, solid, text } from './parts.js';
import type { Theme } from './theme.js';

/** Layout of a version of the screen, in canvas units. */
export interface InboxLayout {
  width: number;
  height: number;
  margin: number;
  topBar: number;
  searchHeight: number;
  rowHeight: number;
  avatar: number;
  bannerBelow: boolean;
}

export const PHONE: InboxLayout = {
  width: 390,
  height: 844,
  margin: 20,
  topBar: 96,
  searchHeight: 44,
  rowHeight: 80,
  avatar: 48,
  bannerBelow: true,
};

/** A smaller phone with less spacing. */
export const COMPACT_PHONE: InboxLayout = {
  width: 375,
  height: 812,
  margin: 16,
  topBar: 88,
  searchHeight: 40,
  rowHeight: 72,
  avatar: 44,
  bannerBelow: true,
};

/** A larger phone with the banner above the list. */
export const LARGE_PHONE: InboxLayout = {
  width: 430,
  height: 900,
  margin: 24,
  topBar: 104,
  searchHeight: 48,
  rowHeight: 84,
  avatar: 52,
  bannerBelow: false,
};

const ROWS = [
  ['Maya Lindqvist', 'The new onboarding flow is ready', '9:41'],
  ['Design review', 'Jonas: can we move the button up?', '9:12'],
  ['Priya Raman', 'Sent you the export settings', 'Mon'],
  ['Weekly planning', 'Agenda for Thursday is attached', 'Sun'],
  ['Tomás Herrera', 'Thanks! That solved it for me', 'Sat'],
] as const;

/** Annotations by the part of the screen. */
export type Annotated = { readonly [part: string]: Json };

/** An inbox: top bar, search, a banner with a button, five rows, a tab bar. Keys are `prefix:part`. */
export function inboxScreen(
  prefix: string,
  name: string,
  theme: Theme,
  layout: InboxLayout,
  annotated: Annotated = {},
): NodeSpec {
  const key = (part: string) => `${prefix}:${part}`;
  const searchTop = layout.topBar + 12;
  const afterSearch = searchTop + layout.searchHeight + 16;
  const bannerHeight = 88;
  const listHeight = layout.rowHeight * ROWS.length;
  const listTop = layout.bannerBelow ? afterSearch : afterSearch + bannerHeight + 16;
  const bannerTop = layout.bannerBelow ? afterSearch + listHeight + 16 : afterSearch;
  const screen = frame(key('screen'), name, {
    width: layout.width,
    height: layout.height,
    props: { fills: solid(theme.canvas), cornerRadius: 0 },
    children: [
      topBar(key, theme, layout),
      searchField(key, theme, layout, searchTop),
      list(key, theme, layout, listTop),
      banner(key, theme, layout, bannerTop, bannerHeight),
      tabBar(key, theme, layout),
    ],
  });
  return annotate(screen, annotated, prefix);
}

type KeyOf = (part: string) => string;

function topBar(key: KeyOf, theme: Theme, { width, margin, topBar: height }: InboxLayout): NodeSpec {
  const y = height - 44;
  return frame(key('top-bar'), 'Top bar', {
    width,
    height,
    props: { fills: solid(theme.surface), clipsContent: false },
    children: [
      icon(key('menu'), 'Menu', 'menu', theme.ink, { x: margin, y: y + 2 }),
      text(key('title'), 'Inbox', { size: 24, style: 'Bold', color: theme.ink }, { x: margin + 40, y: y - 1 }),
      icon(key('bell'), 'Bell', 'bell', theme.ink, { x: width - margin - 24, y: y + 2 }),
      ellipse(key('badge'), 'Badge', {
        x: width - margin - 10,
        y,
        width: 10,
        height: 10,
        props: { fills: solid(theme.badge), strokes: solid(theme.surface), strokeWeight: 2 },
      }),
      rectangle(key('top-line'), 'Line', { y: height - 1, width, height: 1, props: { fills: solid(theme.line) } }),
    ],
  });
}

function searchField(key: KeyOf, theme: Theme, layout: InboxLayout, y: number): NodeSpec {
  const { width, margin, searchHeight: height } = layout;
  return frame(key('search'), 'Search field', {
    x: margin,
    y,
    width: width - margin * 2,
    height,
    props: { fills: solid(theme.sunken), cornerRadius: 12 },
    children: [
      icon(key('search-icon'), 'Search', 'search', theme.faint, { x: 12, y: (height - 24) / 2 }),
      text(
        key('search-hint'),
        'Search messages',
        { size: 16, style: 'Regular', color: theme.faint },
        { x: 44, y: (height - 20) / 2 },
      ),
    ],
  });
}

function list(key: KeyOf, theme: Theme, layout: InboxLayout, y: number): NodeSpec {
  const { width, rowHeight } = layout;
  return frame(key('list'), 'Messages', {
    y,
    width,
    height: rowHeight * ROWS.length,
    props: { fills: solid(theme.surface) },
    children: ROWS.map((_, index) => row(key, theme, layout, index)),
  });
}

function row(key: KeyOf, theme: Theme, layout: InboxLayout, index: number): NodeSpec {
  const { width, margin, rowHeight, avatar } = layout;
  const [title = '', subtitle = '', time = ''] = ROWS[index] ?? [];
  const [from, to] = theme.avatars[index % theme.avatars.length] ?? [theme.accent, theme.accent];
  const part = (name: string) => key(`row-${index + 1}/${name}`);
  const left = margin + avatar + 14;
  const middle = rowHeight / 2;
  return frame(key(`row-${index + 1}`), 'Message', {
    y: rowHeight * index,
    width,
    height: rowHeight,
    props: { fills: [] },
    children: [
      ellipse(part('avatar'), 'Avatar', {
        x: margin,
        y: (rowHeight - avatar) / 2,
        width: avatar,
        height: avatar,
        props: { fills: gradient(from, to) },
      }),
      text(part('title'), title, { size: 16, style: 'Semi Bold', color: theme.ink }, { x: left, y: middle - 21 }),
      text(part('subtitle'), subtitle, { size: 14, style: 'Regular', color: theme.faint }, { x: left, y: middle + 3 }),
      text(
        part('time'),
        time,
        { size: 12, style: 'Medium', color: theme.faint },
        {
          x: width - margin - 60,
          y: middle - 20,
          width: 60,
          height: 15,
          props: { textAlignHorizontal: 'RIGHT', textAutoResize: 'NONE' },
        },
      ),
      icon(part('chevron'), 'Chevron', 'chevron', theme.faint, {
        x: width - margin - 18,
        y: middle - 2,
      }),
      rectangle(part('line'), 'Line', {
        x: left,
        y: rowHeight - 1,
        width: width - left,
        height: 1,
        props: { fills: solid(theme.line) },
      }),
    ],
  });
}

function banner(key: KeyOf, theme: Theme, layout: InboxLayout, y: number, height: number): NodeSpec {
  const { width, margin } = layout;
  const inner = width - margin * 2;
  return frame(key('banner'), 'Banner', {
    x: margin,
    y,
    width: inner,
    height,
    props: {
      fills: solid(theme.surface),
      cornerRadius: 16,
      strokes: solid(theme.line),
      effects: shadow(4, 16, 0.08),
      clipsContent: false,
    },
    children: [
      text(
        key('banner-title'),
        'Invite your team',
        { size: 18, style: 'Semi Bold', color: theme.ink },
        { x: 20, y: 20 },
      ),
      text(
        key('banner-words'),
        'Work on messages together',
        { size: 14, style: 'Regular', color: theme.faint },
        { x: 20, y: 48 },
      ),
      frame(key('button'), 'Button', {
        x: inner - 20 - 104,
        y: (height - 44) / 2,
        width: 104,
        height: 44,
        props: {
          fills: solid(theme.accent),
          cornerRadius: 22,
          layoutMode: 'HORIZONTAL',
          primaryAxisAlignItems: 'CENTER',
          counterAxisAlignItems: 'CENTER',
          itemSpacing: 6,
        },
        children: [
          icon(key('button-icon'), 'Plus', 'plus', theme.onAccent, {}),
          text(key('button-words'), 'Invite', { size: 15, style: 'Semi Bold', color: theme.onAccent }),
        ],
      }),
    ],
  });
}

const TABS = [
  ['home', 'Home'],
  ['chat', 'Inbox'],
  ['calendar', 'Plans'],
  ['person', 'You'],
] as const;

function tabBar(key: KeyOf, theme: Theme, { width, height }: InboxLayout): NodeSpec {
  const barHeight = 84;
  return frame(key('tab-bar'), 'Tab bar', {
    y: height - barHeight,
    width,
    height: barHeight,
    props: {
      fills: solid(theme.surface),
      strokes: solid(theme.line),
      layoutMode: 'HORIZONTAL',
      primaryAxisAlignItems: 'SPACE_BETWEEN',
      paddingLeft: 32,
      paddingRight: 32,
      paddingTop: 12,
    },
    children: TABS.map(([path, label], index) => {
      const color = index === 1 ? theme.accent : theme.faint;
      return frame(key(`tab-${index + 1}`), 'Tab', {
        width: 48,
        height: 48,
        props: { fills: [], layoutMode: 'VERTICAL', counterAxisAlignItems: 'CENTER', itemSpacing: 4 },
        children: [
          icon(key(`tab-${index + 1}/icon`), label, path, color, {}),
          text(key(`tab-${index + 1}/label`), label, { size: 11, style: 'Medium', color }),
        ],
      });
    }),
  });
}

function annotate(node: NodeSpec, annotated: Annotated, prefix: string): NodeSpec {
  const annotations = annotated[(node.key ?? '').slice(prefix.length + 1)];
  return {
    ...node,
    ...(annotations === undefined ? {} : { props: { ...node.props, annotations } }),
    ...(node.children === undefined
      ? {}
      : { children: node.children.map((child) => annotate(child, annotated, prefix)) }),
  };
}
