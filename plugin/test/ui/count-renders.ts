import { type Options, options, type VNode } from 'preact';

declare global {
  interface Window {
    /** How often each view was drawn. */
    renders: { [view: string]: number };
  }
}

/** Called before a component is drawn; its name in Preact's bundle. */
const HOOK = '__r';

// injected into the bundle of the UI, with its Preact
window.renders = {};
const hooks = options as Options & { [HOOK]?: (vnode: VNode) => void };
const before = hooks[HOOK];
hooks[HOOK] = (vnode) => {
  before?.(vnode);
  if (typeof vnode.type !== 'function') return;
  window.renders[vnode.type.name] = (window.renders[vnode.type.name] ?? 0) + 1;
};
