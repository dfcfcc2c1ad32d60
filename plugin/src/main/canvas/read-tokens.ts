import type { Design, Token } from '../../shared/design.js';

/** Reads styles, variables and components by id, each once. */
export class TokenReader {
  private readonly tokens = new Map<string, Promise<Token | null>>();

  /** Id of the instance's main component; null if Figma does not know it. */
  async mainComponentOf(instance: InstanceNode): Promise<string | null> {
    const component = await instance.getMainComponentAsync();
    if (component === null) return null;
    this.tokens.set(component.id, Promise.resolve(componentToken(component)));
    return component.id;
  }

  /** The tokens with these ids. Unknown ones are left out. */
  async describe(ids: ReadonlySet<string>): Promise<Design['tokens']> {
    const tokens: Record<string, Token> = {};
    for (const id of ids) {
      const token = this.tokens.get(id) ?? readToken(id);
      this.tokens.set(id, token);
      const found = await token;
      if (found !== null) tokens[id] = found;
    }
    return tokens;
  }
}

function componentToken({ id, key, name, parent }: ComponentNode): Token {
  const collection = parent?.type === 'COMPONENT_SET' ? { collection: parent.name } : {};
  return { kind: 'component', id, key, name, ...collection };
}

async function readToken(id: string): Promise<Token | null> {
  if (id.startsWith('VariableID:')) return readVariable(id);
  return id.startsWith('S:') ? readStyle(id) : readComponent(id);
}

async function readComponent(id: string): Promise<Token | null> {
  const node = await figma.getNodeByIdAsync(id);
  return node?.type === 'COMPONENT' ? componentToken(node) : null;
}

async function readStyle(id: string): Promise<Token | null> {
  const style = await figma.getStyleByIdAsync(id);
  return style === null ? null : { kind: 'style', id, key: style.key, name: style.name };
}

async function readVariable(id: string): Promise<Token | null> {
  const variable = await figma.variables.getVariableByIdAsync(id);
  if (variable === null) return null;
  const collection = await figma.variables.getVariableCollectionByIdAsync(variable.variableCollectionId);
  const name = collection === null ? {} : { collection: collection.name };
  return { kind: 'variable', id, key: variable.key, name: variable.name, ...name };
}

/** Ids of the variables in a value: aliases at any depth. */
export function variableIdsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isAlias(value)) return [value.id];
  return Object.values(value).flatMap(variableIdsIn);
}

function isAlias(value: object): value is VariableAlias {
  return 'type' in value && value.type === 'VARIABLE_ALIAS' && 'id' in value && typeof value.id === 'string';
}
