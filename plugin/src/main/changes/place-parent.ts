import { belongsToInstance, type FrameLike, mainComponentOf, pageOrSectionOf } from '../canvas/nodes.js';

type Parent = BaseNode & ChildrenMixin;

/**
 * Where new layers go on a target: into it, or right above a picture. An instance takes no layers, a component set only
 * components, and a mask in the target would clip them: there they go on top of the target, on its page or section. So
 * they do on a main component, whose instances would get them too, unless `intoComponent`.
 */
export function placeParent(target: FrameLike, intoComponent = false): Parent {
  if (belongsToInstance(target) || (mainComponentOf(target) !== null && !intoComponent)) return pageOrSectionOf(target);
  if (!('children' in target)) return pictureParent(target);
  const masked = target.children.some((child) => 'isMask' in child && child.isMask);
  return target.type === 'COMPONENT_SET' || masked ? pageOrSectionOf(target) : target;
}

/** The parent of a picture takes layers above it, unless it is a component set. */
function pictureParent(picture: FrameLike): Parent {
  const { parent } = picture;
  return parent === null || parent.type === 'COMPONENT_SET' ? pageOrSectionOf(picture) : parent;
}
