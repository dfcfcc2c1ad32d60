import { isInside, type ScreenNode } from './nodes.js';

/** Sentences about what hangs on the source but cannot be carried over. */
export function annotationNotices(source: ScreenNode): string[] {
  const notices: string[] = [];
  const measurements = countMeasurements(source);
  if (measurements > 0) {
    const what = measurements === 1 ? 'One measurement stays' : `${measurements} measurements stay`;
    notices.push(
      `${what} on “${source.name}”: plugins can write measurements only in Dev Mode. Draw them again there.`,
    );
  }
  notices.push('Comments stay where they are: Figma does not show them to plugins.');
  return notices;
}

function countMeasurements(source: ScreenNode): number {
  const belongs = (node: SceneNode) => node.id === source.id || isInside(node, source);
  return figma.currentPage.getMeasurements().filter(({ start, end }) => belongs(start.node) || belongs(end.node))
    .length;
}
