import type { LayerReferences } from '@samepoint/shared-protocol';
import { LIMITS } from '@samepoint/shared-protocol/limits';
import { ancestors } from './nodes.js';
import { variableIdsIn } from './read-tokens.js';

const STYLES = ['fillStyleId', 'strokeStyleId', 'effectStyleId', 'textStyleId', 'gridStyleId'] as const;

/** Reads what layers refer to: their component, styles and variables, and their path within an instance. */
export class ReferenceReader {
  /** By the id of the instance. Layers of several frames may be instances of one component. */
  private readonly components = new Map<string, Promise<string | null>>();

  /** @returns undefined for a layer without references */
  async read(node: SceneNode): Promise<LayerReferences | undefined> {
    const component = await this.componentOf(node);
    const tokens = tokensOf(node);
    const path = pathOf(node);
    const references: LayerReferences = {
      ...(component === null || component.length > LIMITS.idChars ? {} : { component }),
      ...(tokens.length === 0 ? {} : { tokens }),
      ...(path === null || path.length > LIMITS.pathChars ? {} : { path }),
    };
    return Object.keys(references).length === 0 ? undefined : references;
  }

  private componentOf(node: SceneNode): Promise<string | null> {
    if (node.type === 'COMPONENT') return Promise.resolve(componentKey(node));
    if (node.type !== 'INSTANCE') return Promise.resolve(null);
    const known = this.components.get(node.id) ?? mainComponentKey(node);
    this.components.set(node.id, known);
    return known;
  }
}

async function mainComponentKey(instance: InstanceNode): Promise<string | null> {
  const component = await instance.getMainComponentAsync();
  return component === null ? null : componentKey(component);
}

/** All variants of a set have one key: a layer may correspond to one in another state. */
function componentKey({ key, parent }: ComponentNode): string {
  return parent?.type === 'COMPONENT_SET' ? parent.key : key;
}

/** Ids of styles and variables, which are equal throughout a file. */
function tokensOf(node: SceneNode): string[] {
  const styles = STYLES.flatMap((field) => {
    const id: unknown = field in node ? Reflect.get(node, field) : '';
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
  const variables = 'boundVariables' in node ? variableIdsIn(node.boundVariables) : [];
  const ids = [...new Set([...styles, ...variables])].filter((id) => id.length <= LIMITS.idChars);
  return ids.slice(0, LIMITS.tokensPerLayer);
}

/**
 * Figma names a layer of an instance `I<instance>;<layer of the main component>`, in nested instances with one more id for
 * each level. Within a main component, the layer's own id is the path.
 */
function pathOf(node: SceneNode): string | null {
  const [instance, ...path] = node.id.split(';');
  const withinComponent = () => ancestors(node).some(({ type }) => type === 'COMPONENT');
  if (instance?.startsWith('I') === true && path.length > 0) {
    return withinComponent() ? node.id.slice(1) : path.join(';');
  }
  return withinComponent() ? node.id : null;
}
