import type { HandEdit, Json } from '../spec.js';
import { bindByName } from './build-assets.js';
import { attach } from './build-document.js';
import { changeMain, setProperties } from './component-methods.js';
import { copySubtree } from './copying.js';
import { adopt, resize } from './node-methods.js';
import { settle, wrap, write } from './node-proxy.js';
import { recordOverride } from './overrides.js';
import { asCollaborator, byHand, commitUndo, get, recordChange } from './store.js';
import { applyStyle, STYLE_FIELDS } from './styles.js';
import { withAllFonts } from './text.js';
import { insert, remove } from './tree.js';
import { setMode } from './variables.js';

/** Edits the document as a designer does, or a collaborator. Returns the id of a new node, else an empty string. */
export function editByHand(edit: HandEdit, isCollaborator: boolean): string {
  let made = '';
  const act = () =>
    byHand(() =>
      withAllFonts(() => {
        made = carryOut(edit);
        settle();
      }),
    );
  if (isCollaborator) asCollaborator(act);
  else {
    commitUndo();
    act();
    commitUndo();
  }
  return made;
}

function carryOut(edit: HandEdit): string {
  if (edit.kind === 'set') setAll(edit.nodeId, edit.properties);
  else if (edit.kind === 'move') insert(get(edit.parentId), get(edit.nodeId), indexIn(edit));
  else if (edit.kind === 'remove') remove(get(edit.nodeId));
  else if (edit.kind === 'duplicate') return duplicate(edit.nodeId);
  else {
    const parent = get(edit.parentId);
    const index = indexIn(edit);
    const node = attach(edit.spec, parent);
    parent.childIds = parent.childIds.filter((id) => id !== node.id);
    parent.childIds.splice(index, 0, node.id);
    return node.id;
  }
  return '';
}

function indexIn({ parentId, index }: { parentId: string; index: number | null }): number {
  return index ?? get(parentId).childIds.length;
}

/** The duplicate is on the page. */
function duplicate(nodeId: string): string {
  const copy = copySubtree(get(nodeId));
  adopt(copy);
  return copy.id;
}

function setAll(nodeId: string, properties: { [property: string]: Json }): void {
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'componentProperties' && isFields(value)) {
      setProperties(get(nodeId), value);
    } else if (name === 'mainComponent') changeMain(get(nodeId), wrap(String(value)), true);
    else if (name === 'width' || name === 'height') {
      const { width, height } = get(nodeId);
      resize(get(nodeId), name === 'width' ? Number(value) : width, name === 'height' ? Number(value) : height);
    } else if (name === 'sharedPluginData' && isFields(value)) storeAll(nodeId, value);
    else if (name in STYLE_FIELDS) applyStyle(get(nodeId), name, String(value));
    else if (name === 'boundVariables' && isFields(value)) bindAll(nodeId, value);
    else if (name === 'explicitVariableModes' && isFields(value)) {
      for (const [id, mode] of Object.entries(value)) setMode(get(nodeId), id, mode === null ? null : String(mode));
    } else write(nodeId, name, value);
  }
}

/** Stores entries, as another plugin or an earlier version of this one does. */
function storeAll(nodeId: string, entries: { [namespaceAndKey: string]: Json }): void {
  recordChange(nodeId, 'sharedPluginData');
  for (const [name, value] of Object.entries(entries)) {
    if (value === null) delete get(nodeId).sharedPluginData[name];
    else get(nodeId).sharedPluginData[name] = String(value);
  }
}

function bindAll(nodeId: string, variables: { [field: string]: Json }): void {
  for (const [field, id] of Object.entries(variables)) {
    recordChange(nodeId, field);
    bindByName(get(nodeId), field, id === null ? null : String(id));
    recordOverride(get(nodeId), field);
  }
}

function isFields(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
