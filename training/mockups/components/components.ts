import { COMMERCE } from './commerce.js';
import type { Component } from './component.js';
import { DATA } from './data.js';
import { FORMS } from './forms.js';
import { LISTS } from './lists.js';
import { MEDIA } from './media.js';
import { NAVIGATION } from './navigation.js';
import { WORK } from './work.js';

const ALL = { ...NAVIGATION, ...LISTS, ...COMMERCE, ...DATA, ...MEDIA, ...FORMS, ...WORK };

export type ComponentId = keyof typeof ALL;
export const COMPONENTS: Readonly<Record<ComponentId, Component>> = ALL;
export const COMPONENT_IDS: readonly ComponentId[] = Object.keys(ALL).filter((id): id is ComponentId => id in ALL);
