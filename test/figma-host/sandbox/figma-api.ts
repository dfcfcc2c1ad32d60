import type { Json } from '../spec.js';
import { MIXED } from '../text-runs.js';
import { encodeMessage } from './bridge.js';
import { componentCreators } from './component-methods.js';
import { type Handler, listen, promise, unlisten } from './event-loop.js';
import { imageApi } from './images.js';
import { clientStorage } from './limits.js';
import { adopt } from './node-methods.js';
import { CATEGORIES, settle, unwrap, type Wrapped, wrap } from './node-proxy.js';
import { access, currentPage, pageApi } from './pages.js';
import { commitUndo, manifest, triggerUndo } from './store.js';
import { styleApi } from './styles.js';
import { availableFonts, fontKey, isAvailable, markLoaded } from './text.js';
import { blank, group } from './tree.js';
import { variablesApi } from './variables.js';

const EVENTS = new Set([
  'selectionchange',
  'currentpagechange',
  'close',
  'run',
  'stylechange',
  'drop',
  'documentchange',
]);
const WINDOW_OPTIONS = new Set(['width', 'height', 'themeColors', 'title', 'visible', 'position']);

/** The typings' `UIAPI.resize`: “The minimum size is 70x0.” */
const MIN_WINDOW = { width: 70, height: 0 };

/** `figma.ui`. */
export const ui: {
  onmessage: ((message: unknown) => void) | null;
  postMessage: (message: unknown) => void;
  resize: (width: number, height: number) => void;
} = {
  onmessage: null,
  postMessage: (message) => __bridge.postToUi(encodeMessage(message)),
  resize: (width, height) => {
    if (!(width >= MIN_WINDOW.width && height >= MIN_WINDOW.height)) {
      throw new Error(`in resize: A window of ${width} × ${height} is too small`);
    }
    __bridge.report('resize', JSON.stringify({ width, height }));
  },
};

/** Actions of toast buttons, by their reported index. */
export const toastActions: (() => unknown)[] = [];

const forbidden = (name: string, instead: string) => () => {
  throw new Error(`in ${name}: Cannot call with documentAccess: dynamic-page. Use ${instead} instead.`);
};

/** Creates the `figma` global of a plugin started with this command. */
export function createFigma(command: string): object {
  return Object.freeze({
    apiVersion: '1.0.0',
    command,
    editorType: manifest.editor,
    mode: manifest.editor === 'dev' ? 'inspect' : 'default',
    mixed: MIXED,
    ui,
    viewport: createViewport(),
    clientStorage,
    annotations: annotationsApi,
    root: wrap('0:0'),
    fileKey: undefined,
    get skipInvisibleInstanceChildren() {
      return access.skipsInvisible;
    },
    set skipInvisibleInstanceChildren(value: boolean) {
      access.skipsInvisible = value;
    },
    get currentPage() {
      return wrap(currentPage().id);
    },
    ...lookups,
    ...creators,
    ...componentCreators,
    ...styleApi,
    ...imageApi,
    variables: Object.freeze({ ...variablesApi, ...forbiddenVariables }),
    ...windowApi,
    commitUndo,
    triggerUndo: () => {
      triggerUndo();
      settle();
    },
  });
}

const forbiddenVariables = Object.fromEntries(
  ['getVariableById', 'getVariableCollectionById', 'getLocalVariables', 'getLocalVariableCollections'].map((name) => [
    name,
    forbidden(name, `figma.variables.${name}Async`),
  ]),
);

const lookups = {
  getNodeById: forbidden('getNodeById', 'figma.getNodeByIdAsync'),
  getStyleById: forbidden('getStyleById', 'figma.getStyleByIdAsync'),
  ...Object.fromEntries(
    ['Paint', 'Text', 'Effect', 'Grid'].map((kind) => {
      const name = `getLocal${kind}Styles`;
      return [name, forbidden(name, `figma.${name}Async`)];
    }),
  ),
  ...pageApi,
  listAvailableFontsAsync: () => promise(availableFonts),
  loadFontAsync: (font: Json) =>
    promise(() => {
      const key = fontKey(font);
      if (!isAvailable(key)) throw new Error(`in loadFontAsync: The font "${key}" could not be loaded`);
      markLoaded(key);
    }),
  on: (type: string, handler: Handler) => listen(checkedEvent(type), handler),
  off: (type: string, handler: Handler) => unlisten(checkedEvent(type), handler),
};

function checkedEvent(type: string): string {
  if (type === 'documentchange' && !access.areAllLoaded) {
    throw new Error(
      'in on: Cannot register documentchange with documentAccess: dynamic-page without loadAllPagesAsync',
    );
  }
  if (!EVENTS.has(type)) throw new Error(`in on: "${type}" is not an event`);
  return type;
}

const WHITE: Json = [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }];
const GREY: Json = [{ type: 'SOLID', color: { r: 0.85, g: 0.85, b: 0.85 } }];
const BLACK: Json = [{ type: 'SOLID', color: { r: 0, g: 0, b: 0 } }];

const creators = {
  createFrame: () => create('FRAME', 'Frame', WHITE),
  createRectangle: () => create('RECTANGLE', 'Rectangle', GREY),
  createVector: () => createVector(),
  createEllipse: () => create('ELLIPSE', 'Ellipse', GREY),
  createText: () => create('TEXT', 'Text', BLACK),
  group: (nodes: Wrapped[], parent: Wrapped, index?: number) => {
    const into = unwrap(parent);
    const made = group(nodes.map(unwrap), into, index ?? into.childIds.length);
    settle();
    return wrap(made.id);
  },
};

function create(type: 'FRAME' | 'RECTANGLE' | 'ELLIPSE' | 'TEXT', name: string, fills: Json): Wrapped {
  const node = blank(type, name);
  node.props.fills = fills;
  if (type === 'TEXT') {
    [node.width, node.height] = [0, 14];
    node.props.autoRename = true;
  }
  return adopt(node);
}

/** A new vector has neither vertices nor size (typings: `createVector`). */
function createVector(): Wrapped {
  const node = blank('VECTOR', 'Vector');
  [node.width, node.height] = [0, 0];
  return adopt(node);
}

/** A toast shows about this many characters; Figma does not document the length. */
const TOAST_CHARS = 100;

function reportCut(message: string): void {
  if (message.length > TOAST_CHARS) __bridge.report('cut toast', JSON.stringify(message));
}

const windowApi = {
  showUI: (_html: string, options: { [name: string]: Json } = {}) => {
    for (const name of Object.keys(options)) {
      if (!WINDOW_OPTIONS.has(name)) throw new Error(`in showUI: Unrecognized key "${name}"`);
    }
    __bridge.report('showUI', JSON.stringify(options));
  },
  notify: (message: string, options: { button?: { text: string; action: () => unknown }; error?: boolean } = {}) => {
    const { button } = options;
    if (button !== undefined) toastActions.push(button.action);
    reportCut(message);
    const toast = {
      message: message.slice(0, TOAST_CHARS),
      button: button?.text ?? null,
      action: toastActions.length - 1,
    };
    __bridge.report('notify', JSON.stringify(toast));
    return { cancel: () => undefined };
  },
  closePlugin: (message = '') => {
    reportCut(message);
    commitUndo();
    __bridge.report('closePlugin', JSON.stringify(message));
  },
};

const annotationsApi = {
  getAnnotationCategoriesAsync: () => promise(() => [...CATEGORIES].map((id) => ({ id, label: id.slice(4) }))),
  getAnnotationCategoryByIdAsync: (id: string) =>
    promise(() => (CATEGORIES.has(id) ? { id, label: id.slice(4) } : null)),
};

function createViewport(): object {
  let center = { x: 0, y: 0 };
  const view = {
    zoom: 1,
    scrollAndZoomIntoView: (nodes: Wrapped[]) =>
      __bridge.report('reveal', JSON.stringify(nodes.map((node) => unwrap(node).id))),
    get center() {
      return center;
    },
    set center(value: { x: number; y: number }) {
      center = value;
      __bridge.report('viewport', JSON.stringify(value));
    },
  };
  return Object.seal(view);
}
