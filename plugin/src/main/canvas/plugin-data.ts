/** Of the plugin's shared plugin data. */
export const NAMESPACE = 'samepoint';
/** The entry that marks a node as created by the plugin. */
export const ORIGIN = 'origin';

/** Whether the plugin created the node, or the original that it is a copy of. */
export function isPlaced(node: SceneNode): boolean {
  return node.getSharedPluginData(NAMESPACE, ORIGIN) !== '';
}

/** The name of a note's pin. */
export function pinName(number: number): string {
  return `Pin ${number}`;
}

/** Whether the node is the pin of a note. It is about the design, and no part of it. */
export function isPin(node: SceneNode): boolean {
  return /^Pin \d+$/.test(node.name) && isPlaced(node);
}
