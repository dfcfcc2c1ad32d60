/** Loads every font of the text in the node. Returns the name of the first that is missing, or null. */
export async function loadFontsOf(node: SceneNode): Promise<string | null> {
  const fonts = new Map(
    textsIn(node)
      .flatMap(fontsOf)
      .map((font) => [`${font.family} ${font.style}`, font]),
  );
  for (const [name, font] of fonts) {
    try {
      await figma.loadFontAsync(font);
    } catch {
      return name;
    }
  }
  return null;
}

function textsIn(node: SceneNode): TextNode[] {
  if (node.type === 'TEXT') return [node];
  return 'findAllWithCriteria' in node ? node.findAllWithCriteria({ types: ['TEXT'] }) : [];
}

function fontsOf(text: TextNode): FontName[] {
  if (text.characters.length > 0) return text.getRangeAllFontNames(0, text.characters.length);
  return text.fontName === figma.mixed ? [] : [text.fontName];
}
