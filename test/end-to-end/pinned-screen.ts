import type { FigmaHost, InspectedNode } from '../figma-host/figma-host.js';
import { boundsOf, inverse, multiply } from '../figma-host/matrix.js';
import type { Json } from '../figma-host/spec.js';

const SCALE = 2;

/** What tells annotations apart: their words. */
export function fingerprintOf(annotation: Json): string {
  if (typeof annotation !== 'object' || annotation === null || Array.isArray(annotation)) return '';
  return String(annotation.labelMarkdown ?? annotation.label);
}

/** HTML of a screen with a numbered pin on every annotated layer, as Figma shows annotations in Dev Mode. */
export async function pinnedScreen(host: FigmaHost, screenId: string, order: readonly string[]): Promise<string> {
  const screen = host.node(screenId);
  const png = await host.export(screenId, SCALE);
  const annotated = host
    .nodes()
    .filter((node) => host.annotations(node.id).length > 0 && isInside(host, node, screenId));
  const marks = annotated.map((node) => {
    const numbers = host.annotations(node.id).map((annotation) => order.indexOf(fingerprintOf(annotation)) + 1);
    return markOf(node, screen, numbers);
  });
  const image = `<img src="data:image/png;base64,${Buffer.from(png).toString('base64')}">`;
  return `<figure class="screen"><figcaption>${nameOf(screen)}</figcaption><div class="stage">${image}${marks.join('')}</div></figure>`;
}

function isInside(host: FigmaHost, node: InspectedNode, screenId: string): boolean {
  for (let id = node.parentId; id !== null; id = host.node(id).parentId) if (id === screenId) return true;
  return false;
}

/** An outline around the layer and its numbers at the left end, in shares of the screen. */
function markOf(node: InspectedNode, screen: InspectedNode, numbers: readonly number[]): string {
  const bounds = boundsOf(multiply(inverse(screen.absolute), node.absolute), node.width, node.height);
  const left = (100 * bounds.x) / screen.width;
  const top = (100 * bounds.y) / screen.height;
  const width = (100 * bounds.width) / screen.width;
  const height = (100 * bounds.height) / screen.height;
  const pins = numbers.map(
    (number, index) => `<b class="pin" style="left:calc(${left}% + ${index * 20}px);top:${top}%">${number}</b>`,
  );
  return `<i class="outline" style="left:${left}%;top:${top}%;width:${width}%;height:${height}%"></i>${pins.join('')}`;
}

function nameOf({ props }: InspectedNode): string {
  return String(props.name);
}
