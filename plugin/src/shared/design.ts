import type { Affine } from '@samepoint/shared-protocol';

/** Plain data: what a property of a layer can be. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

export interface Size {
  width: number;
  height: number;
}

/** A layer with everything that an edit can change. */
export interface DesignLayer {
  id: string;
  /** The host's layer type: TEXT, FRAME, INSTANCE … */
  type: string;
  name: string;
  /** Null for the root. */
  parentId: string | null;
  /** Back to front. */
  childIds: readonly string[];
  /** Maps its own coordinates to those of the nearest ancestor that is not a group. */
  transform: Affine;
  width: number;
  height: number;
  /** All properties that the layer supports, by the names in `properties.ts`; also those with default values. */
  props: { readonly [property: string]: Value };
  /**
   * Only in an instance or on it: the properties that differ from the main component by hand. All others follow
   * the main component.
   */
  overrides?: readonly string[];
  /**
   * Only in an instance: the properties that a component property of the instance decides, with its name, as in
   * Figma's `componentPropertyReferences`: `{ characters: 'Label#1:2' }`.
   */
  follows?: { readonly [property: string]: string };
}

/** A style, variable or component that a property refers to by its id. */
export interface Token {
  kind: 'style' | 'variable' | 'component';
  id: string;
  /** The same in every file that uses the library; absent if unknown. */
  key?: string;
  name: string;
  /** The collection of a variable, or the component set of a component. */
  collection?: string;
}

/** A frame with all its layers, hidden ones too, as plain data. */
export interface Design {
  rootId: string;
  layers: { readonly [layerId: string]: DesignLayer };
  /** All tokens that the layers refer to. */
  tokens: { readonly [tokenId: string]: Token };
  /** Only of a second version that took the ids of the first (`withIdsOf`): what it knows of each layer. */
  alignment?: { readonly [layerId: string]: Alignment };
}

/** How sure it is that a layer of two versions is the same one, or that it is in one of them only. */
export interface Alignment {
  confidence: number;
  /** The id of the layer in the second version; null if it is not there. */
  ownId: string | null;
}
