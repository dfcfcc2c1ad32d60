import * as z from 'zod';
import { boxSchema, pointSchema } from './geometry.js';
import { LIMITS } from './limits.js';

export const idSchema = z.string().min(1).max(LIMITS.idChars);

/** Lower-case hex SHA-256 of the encoded image. */
export const imageIdSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Daemon feature: layers may have `references`. Other daemons reject them. */
export const LAYER_REFERENCES = 'layer.references';

/** What a layer refers to in its design system. Keys are opaque; equal keys mean the same thing in all frames of a job. */
export const layerReferencesSchema = z.strictObject({
  /** The component that the layer is an instance of, or that it is. */
  component: idSchema.optional(),
  /** The styles and variables that the layer uses. */
  tokens: z.array(idSchema).max(LIMITS.tokensPerLayer).optional(),
  /**
   * Only within an instance or a component: the path from there, through nested instances. The same layer of two instances
   * of one component has the same path.
   */
  path: z.string().min(1).max(LIMITS.pathChars).optional(),
});
export type LayerReferences = z.infer<typeof layerReferencesSchema>;

/** A layer of a design. Nothing here is specific to Figma. */
export const layerSchema = z.strictObject({
  layerId: idSchema,
  parentId: idSchema.optional(),
  /** The layer type of the host: TEXT, FRAME, INSTANCE … */
  type: z.string().max(LIMITS.nameChars),
  name: z.string().max(LIMITS.nameChars),
  /** The characters of a text layer. */
  text: z.string().max(LIMITS.textChars).optional(),
  /** In pixels of the frame's image. */
  box: boxSchema,
  /** Whether it can be the counterpart of a `layer` item. */
  candidate: z.boolean(),
  /** Requires the daemon feature {@link LAYER_REFERENCES}. */
  references: layerReferencesSchema.optional(),
});
export type Layer = z.infer<typeof layerSchema>;

/** An image of a job with its layers; a bitmap has none. */
export const frameSchema = z.strictObject({
  imageId: imageIdSchema,
  layers: z.array(layerSchema).max(LIMITS.layersPerFrame),
});
export type Frame = z.infer<typeof frameSchema>;

/** An item of the source to place in every target. */
export const itemSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('point'), itemId: idSchema, point: pointSchema }),
  /** A region; its counterpart is a box fitted to the target's content. */
  z.strictObject({ kind: z.literal('box'), itemId: idSchema, box: boxSchema }),
  /** A layer of the source frame; its counterpart is one of the target's candidate layers. */
  z.strictObject({ kind: z.literal('layer'), itemId: idSchema, layerId: idSchema }),
  /** A layer drawn on the source, placed by a similarity transform. */
  z.strictObject({ kind: z.literal('overlay'), itemId: idSchema, box: boxSchema }),
]);
export type Item = z.infer<typeof itemSchema>;
